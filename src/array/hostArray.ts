/** A number array that lives on the JavaScript side: flat values in row-major order and their shape. */
export interface HostArray {
  readonly data: HostData;
  readonly shape: readonly number[];
}

export type HostData = Float32Array | Int32Array | Uint8Array;

export const HOST_TYPES = [Float32Array, Int32Array, Uint8Array] as const;

/** From JavaScript it may be anything. */
export const isHostData = (data: unknown): boolean => HOST_TYPES.some(type => data instanceof type);

/** Number of elements of a shape; 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** The values as floats: the array itself where it has such. */
export const asFloat32 = (data: HostData): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);

/** Type of the values, by tfjs's name. */
export const dtypeOf = (data: HostData): 'float32' | 'int32' | 'uint8' =>
  data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'uint8';
