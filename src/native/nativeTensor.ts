import { sizeOf } from '../array/hostArray.js';
import { DataType, elementSize, type TensorData, viewAs } from './dataType.js';
import type { Library } from './library.js';
import type { Pointer } from './signatures.js';

/** Size of a `TF_TString` in bytes. */
const stringSize = 24;

/** A tensor's values: numbers, numbers in pieces one after the other, or one Uint8Array for each string. */
export type TensorValues = ArrayBufferView | Iterable<ArrayBufferView> | readonly Uint8Array[];

/**
 * A new `TF_Tensor` with a copy of the values; the caller deletes it.
 *
 * @throws RangeError where values and shape don't fit.
 */
export function newTensor(library: Library, dtype: number, shape: readonly number[], values: TensorValues): Pointer {
  if (dtype === DataType.string) return newStringTensor(library, shape, values as readonly Uint8Array[]);
  const byteLength = sizeOf(shape) * elementSize(dtype);
  // TensorFlow doesn't check: too few bytes would be noise, too many would crash the process.
  const check = (bytes: number, fits: boolean): void => {
    if (!fits) throw new RangeError(`${bytes} bytes don't make a tensor of shape [${shape}].`);
  };
  if (ArrayBuffer.isView(values)) check(values.byteLength, values.byteLength === byteLength);
  const tensor = library.TF_AllocateTensor(dtype, BigInt64Array.from(shape, BigInt), shape.length, byteLength);
  try {
    const data = library.TF_TensorData(tensor);
    let at = 0;
    for (const piece of ArrayBuffer.isView(values) ? [values] : values) {
      const to = at + piece.byteLength;
      check(to, to <= byteLength);
      if (piece.byteLength > 0) library.memcpy(data + BigInt(at), piece, piece.byteLength);
      at = to;
    }
    check(at, at === byteLength);
    return tensor;
  } catch (error) {
    library.TF_DeleteTensor(tensor);
    throw error;
  }
}

function newStringTensor(library: Library, shape: readonly number[], strings: readonly Uint8Array[]): Pointer {
  const count = sizeOf(shape);
  const tensor = library.TF_AllocateTensor(
    DataType.string,
    BigInt64Array.from(shape, BigInt),
    shape.length,
    count * stringSize,
  );
  const data = library.TF_TensorData(tensor);
  for (let i = 0; i < count; i++) {
    const string = data + BigInt(i * stringSize);
    library.TF_StringInit(string);
    library.TF_StringCopy(string, strings[i], strings[i].length);
  }
  return tensor;
}

/** A copy of a `TF_Tensor`'s values; the tensor stays the caller's. */
export function readTensor(library: Library, tensor: Pointer): TensorData | Uint8Array[] {
  const dtype = library.TF_TensorType(tensor);
  if (dtype === DataType.string) return readStrings(library, tensor);
  const buffer = new ArrayBuffer(library.TF_TensorByteSize(tensor));
  if (buffer.byteLength > 0) {
    library.memcpy(new Uint8Array(buffer), library.TF_TensorData(tensor), buffer.byteLength);
  }
  return viewAs(dtype, buffer);
}

function readStrings(library: Library, tensor: Pointer): Uint8Array[] {
  const count = sizeOf(shapeOfTensor(library, tensor));
  const data = library.TF_TensorData(tensor);
  return Array.from({ length: count }, (_, i) => {
    const string = data + BigInt(i * stringSize);
    const bytes = new Uint8Array(library.TF_StringGetSize(string));
    if (bytes.length > 0) library.memcpy(bytes, library.TF_StringGetDataPointer(string), bytes.length);
    return bytes;
  });
}

export function shapeOfTensor(library: Library, tensor: Pointer): number[] {
  return Array.from({ length: library.TF_NumDims(tensor) }, (_, i) => library.TF_Dim(tensor, i));
}
