import type { DataType, KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import { NodeJSKernelBackend } from '#tfjs-node-kernels';
import type { Binding } from './binding.js';
import type { OpAttribute, TensorMetadata } from './executor.js';
import type { TensorValues } from './nativeTensor.js';

/** What is used here of tfjs-node's backend. */
export interface TfjsNodeBackend extends KernelBackend {
  readonly tensorMap: { get(dataId: object): TensorEntry; set(dataId: object, entry: TensorEntry): void };
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  move(dataId: object, values: TensorValues, shape: number[], dtype: DataType, refCount: number): void;
}

/** Its class, with a type of its own: declarations that name the bundle would be an error in a project that checks them. */
export const TfjsNodeBackend = NodeJSKernelBackend as new (binding: Binding, packageName: string) => TfjsNodeBackend;

/** What the backend knows of a tensor's data; `values` are waiting to be uploaded, or null. */
export interface TensorEntry {
  readonly shape: number[];
  readonly dtype: number;
  readonly refCount: number;
  id: number;
  values: TensorValues | null;
}
