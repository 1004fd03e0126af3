/** Values of TensorFlow's `TF_DataType`, as far as gradstream meets them (tensorflow/c/tf_datatype.h). */
export const DataType = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  uint16: 17,
  resource: 20,
  uint32: 22,
} as const;

/** Typed arrays that hold a tensor's bytes; 64-bit whole numbers come as BigInt64Array. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array;

type TensorDataConstructor = { new (buffer: ArrayBuffer): TensorData; readonly BYTES_PER_ELEMENT: number };

const views: Record<number, TensorDataConstructor> = {
  [DataType.float32]: Float32Array,
  [DataType.float64]: Float64Array,
  [DataType.int32]: Int32Array,
  [DataType.uint8]: Uint8Array,
  [DataType.int8]: Int8Array,
  [DataType.complex64]: Float32Array,
  [DataType.int64]: BigInt64Array,
  [DataType.bool]: Uint8Array,
  [DataType.uint16]: Uint16Array,
  [DataType.resource]: Uint8Array,
  [DataType.uint32]: Uint32Array,
};

/** A typed array of the kind that belongs to `dtype` over a buffer of the tensor's bytes. */
export function viewAs(dtype: number, buffer: ArrayBuffer): TensorData {
  const View = views[dtype];
  if (View === undefined)
    throw new TypeError(`Tensors of TensorFlow's data type ${dtype} can't be read from JavaScript.`);
  return new View(buffer);
}

/** Bytes of one element. */
export const elementSize = (dtype: number): number =>
  views[dtype].BYTES_PER_ELEMENT * (dtype === DataType.complex64 ? 2 : 1);
