import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { scaledRows } from './scaledRows.js';
import type { Scaling } from './source.js';

/** What messages say of values, and how they are brought into form. */
export interface ValuesOptions {
  /** Name of their source. */
  readonly source: string;
  /** `inputs`, `targets` or the like. */
  readonly what: string;
  /** Of one example's. Default: as many as the first one has, in a line. */
  readonly shape?: readonly number[] | undefined;
  /** Where the shape is said. */
  readonly shapeName?: string;
  readonly scaling?: Scaling | undefined;
}

/**
 * Numbers or values of examples as `[examples]` or `[examples, …]`. Numbers become float32, which holds class numbers up to 2²⁴
 * exactly, so that all batches have one type.
 *
 * @throws InvalidArgumentError where some are numbers and others values, or of another length
 */
export function stackTargets(targets: readonly (number | HostData)[], options: ValuesOptions): HostArray {
  if (targets.every(target => typeof target === 'number')) {
    return { data: Float32Array.from(targets), shape: [targets.length] };
  }
  return stackValues(
    targets.map(target => valuesOf(target, options)),
    options,
  );
}

/** Values of examples as `[examples, …]`. */
export function stackValues(values: readonly HostData[], options: ValuesOptions): HostArray {
  const { shape = [values[0].length], scaling } = options;
  const size = sizeOf(shape);
  checkLengths(values, options);
  const data = scaling ? scaledRows(values, size, scaling) : concatenate(values, size);
  return { data, shape: [values.length, ...shape] };
}

/** @throws InvalidArgumentError where values aren't as many as they should be */
export function checkLengths(
  values: readonly HostData[],
  { source, what, shape, shapeName = 'their shape' }: ValuesOptions,
): void {
  const size = shape === undefined ? values[0].length : sizeOf(shape);
  // From JavaScript there may be none.
  const wrong = values.findIndex(value => value?.length !== size);
  if (wrong < 0) return;
  const expected = shape === undefined ? `the first of its batch has ${size}` : `${shapeName} is [${shape}]`;
  throw new InvalidArgumentError(
    `An example of '${source}' has ${values[wrong]?.length ?? 'no'} ${what}, but ${expected}. Make all examples of one size.`,
  );
}

/** Keeps the type where all have the same, so that whole numbers stay whole; else float32. */
export function concatenate(values: readonly HostData[], size: number): HostData {
  const type = values[0].constructor as new (length: number) => HostData;
  const same = values.every(value => value.constructor === type);
  const data = same ? new type(values.length * size) : new Float32Array(values.length * size);
  values.forEach((value, i) => {
    data.set(value, i * size);
  });
  return data;
}

function valuesOf(target: number | HostData, { source, what }: ValuesOptions): HostData {
  if (typeof target !== 'number') return target;
  throw new InvalidArgumentError(
    `A batch of '${source}' has examples with a number as ${what} and others with an array. Give the same kind in all examples.`,
  );
}
