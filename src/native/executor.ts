import type { TensorData } from './dataType.js';
import type { TensorValues } from './nativeTensor.js';

/** Values of `TF_AttrType`, as the kernels of tfjs-node name them. */
export const AttributeType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, strings: 6 } as const;

/** One attribute of an operation, in tfjs-node's form. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[] | readonly boolean[] | readonly string[];
}

/** An attribute that names a data type. */
export const typeAttribute = (name: string, dtype: number): OpAttribute => ({
  name,
  type: AttributeType.type,
  value: dtype,
});

export const boolAttribute = (name: string, value: boolean): OpAttribute => ({ name, type: AttributeType.bool, value });

/** A whole number, or a list of such. */
export const intAttribute = (name: string, value: number | readonly number[]): OpAttribute => ({
  name,
  type: AttributeType.int,
  value,
});

export const textAttribute = (name: string, value: string): OpAttribute => ({
  name,
  type: AttributeType.string,
  value,
});

export const textsAttribute = (name: string, value: readonly string[]): OpAttribute => ({
  name,
  type: AttributeType.strings,
  value,
});

/** -1 stands for an axis of any size. */
export const shapeAttribute = (name: string, value: readonly number[]): OpAttribute => ({
  name,
  type: AttributeType.shape,
  value,
});

/** What tfjs has to know of a new tensor. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/**
 * Carries out what tfjs's kernels ask for: at once (eager), or by noting it down in a graph (tracing).
 * Tensors are known by numbers, which are never used twice in a process.
 */
export interface Executor {
  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number;
  deleteTensor(id: number): void;
  readTensor(id: number): TensorData | Uint8Array[];
  execute(
    operation: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
}

let lastId = 0;

/** A number for a new tensor. */
export const nextTensorId = (): number => ++lastId;
