import { HOST_TYPES, type HostArray, type HostData, isHostData, sizeOf } from '../array/hostArray.js';
import { isList } from '../array/isList.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type Auxiliary, mapAuxiliary } from './auxiliary.js';
import type { ArraySource, Scaling } from './source.js';

/** `[rows, ...targets]`, or plain class numbers, one a row. */
export type TargetsLike = HostArray | HostData | readonly number[];

export interface ArraysOptions {
  /** `[rows, ...shape of one example]`. */
  readonly x: HostArray;
  readonly y: TargetsLike;
  /** One weight a row. */
  readonly sampleWeight?: Float32Array | readonly number[];
  /**
   * What a model with several inputs or outputs takes beside `x`, for its first input, and `y`, for its first output: by the names of
   * the layers. Inputs are taken as the network wants them: `scaling` is that of `x`.
   */
  readonly aux?: Auxiliary<HostArray, TargetsLike>;
  /** Shown in messages; `arrays` if not given. */
  readonly name?: string;
  /** Shape of one example for the network where it isn't that of `x`: it must have as many values. */
  readonly inputShape?: readonly number[];
  readonly classNames?: readonly string[];
  readonly scaling?: Scaling;
}

/**
 * A source of arrays in memory. They are not copied: who changes them changes the source.
 *
 * @throws InvalidArgumentError where lengths and shapes contradict each other, or a class number has no name
 */
export function fromArrays({ name = 'arrays', ...options }: ArraysOptions): ArraySource {
  const fail = (problem: string): never => {
    throw new InvalidArgumentError(`Source '${name}': ${problem}.`);
  };
  const x = checkArray('x', options.x, fail);
  const y = checkArray('y', asArray(options.y, fail), fail);
  const { classNames, scaling, inputShape = x.shape.slice(1) } = options;
  const size = x.shape[0];
  const width = sizeOf(inputShape);
  if (y.shape[0] !== size) fail(`x has ${size} rows and y has ${y.shape[0]}; give as many labels as examples`);
  if (size > 0 && width !== x.data.length / size) {
    fail(`inputShape [${inputShape}] has ${width} values, but a row of x has ${x.data.length / size}`);
  }
  if (scaling?.mean !== undefined && scaling.mean.data.length !== width) {
    fail(`the mean has ${scaling.mean.data.length} values, but inputShape [${inputShape}] has ${width}`);
  }
  if (classNames !== undefined && y.shape.length === 1) {
    const wrong = y.data.findIndex(label => !Number.isInteger(label) || label < 0 || label >= classNames.length);
    if (wrong >= 0) {
      fail(`row ${wrong} has the label ${y.data[wrong]}, but class numbers go from 0 to ${classNames.length - 1}`);
    }
  }
  const sampleWeight = options.sampleWeight && Float32Array.from(options.sampleWeight);
  if (sampleWeight !== undefined && sampleWeight.length !== size) {
    fail(`x has ${size} rows and sampleWeight has ${sampleWeight.length} values; give one weight a row`);
  }
  const ofAllRows = (name: string, array: HostArray): HostArray => {
    const { shape } = checkArray(name, array, fail);
    if (shape[0] !== size) fail(`x has ${size} rows and ${name} has ${shape[0]}; give as many of each`);
    return array;
  };
  const aux = mapAuxiliary(
    options.aux ?? undefined,
    (array, name) => ofAllRows(`aux.inputs.${name}`, array),
    (targets, name) => ofAllRows(`aux.targets.${name}`, asArray(targets, fail)),
  );
  return {
    kind: 'arrays',
    name,
    size,
    inputShape,
    x: { data: x.data, shape: [size, ...inputShape] },
    y,
    ...(classNames && { classNames }),
    ...(scaling && { scaling }),
    ...(sampleWeight && { sampleWeight }),
    ...aux,
  };
}

function asArray(y: TargetsLike, fail: (problem: string) => never): HostArray {
  if (ArrayBuffer.isView(y)) return { data: y, shape: [y.length] };
  if (!isList(y)) return y;
  const wrong = y.findIndex(label => typeof label !== 'number');
  if (wrong >= 0) {
    fail(
      `row ${wrong} has the label ${JSON.stringify(y[wrong])}; give numbers, or { data, shape } for several targets a row`,
    );
  }
  const data = y.every(Number.isInteger) ? Int32Array.from(y) : Float32Array.from(y);
  return { data, shape: [y.length] };
}

function checkArray(name: string, array: HostArray, fail: (problem: string) => never): HostArray {
  // From JavaScript it may be anything.
  const { data, shape } = array ?? {};
  if (data === undefined || shape === undefined) {
    fail(`${name} must be { data, shape }: all values one after the other in a typed array, and [rows, …]`);
  }
  if (!isHostData(data)) {
    fail(`${name} is of type ${data.constructor.name}; give a ${HOST_TYPES.map(({ name }) => name).join(', ')}`);
  }
  if (shape.length === 0 || data.length !== sizeOf(shape)) {
    fail(`${name} has ${data.length} values, which is no array of shape [${shape}]; the first dimension is the rows`);
  }
  return array;
}
