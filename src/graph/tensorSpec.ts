import { asFloat32, type HostData, sizeOf } from '../array/hostArray.js';
import { checkCount } from '../error/checkCount.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** Shape and type of one input of a compiled function. */
export interface TensorSpec {
  readonly shape: readonly number[];
  /** Default `float32`. */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

/** @throws InvalidArgumentError where an input's shape isn't fixed, or its type is none of them */
export function checkSpec(name: string, { shape, dtype = 'float32' }: TensorSpec): void {
  checkCount(`Input '${name}'`, Object.fromEntries(shape.map((size, axis) => [`shape[${axis}]`, size])));
  if (Object.hasOwn(CONVERSIONS, dtype)) return;
  throw new InvalidArgumentError(
    `Input '${name}' has the dtype '${dtype}'; give ${Object.keys(CONVERSIONS).join(', ')}.`,
  );
}

/**
 * What an input is given, as values of its own type, converted as by `tf.tensor` where they are of another: the bits of whole
 * numbers are other floats.
 *
 * @throws InvalidArgumentError where there are too few or too many
 */
export function valuesOf(name: string, { shape, dtype = 'float32' }: TensorSpec, data: HostData | undefined): HostData {
  const size = sizeOf(shape);
  if (data?.length === size) return CONVERSIONS[dtype](data);
  throw new InvalidArgumentError(
    `Input '${name}' has ${data?.length ?? 'no'} values; its shape [${shape}] needs ${size}.`,
  );
}

const CONVERSIONS: Readonly<Record<NonNullable<TensorSpec['dtype']>, (data: HostData) => HostData>> = {
  float32: asFloat32,
  int32: data => (data instanceof Int32Array ? data : Int32Array.from(data)),
  // Kernels take a byte for 0 or 1; any other one is neither.
  bool: data => Uint8Array.from(data, value => (Math.round(value) === 0 ? 0 : 1)),
};
