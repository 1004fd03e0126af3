import { sizeOf } from '../array/hostArray.js';
import { FileFormatError } from '../error/fileFormatError.js';

/** An array of an IDX file: flat values in row-major order and their shape. */
export interface IdxArray {
  readonly data: IdxData;
  readonly shape: readonly number[];
}

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

interface IdxType {
  readonly bytes: number;
  readonly read: (values: DataView, length: number) => IdxData;
}

/** By the third byte of the magic number. */
const TYPES: Readonly<Record<number, IdxType>> = {
  8: { bytes: 1, read: view => new Uint8Array(view.buffer, view.byteOffset, view.byteLength) },
  9: { bytes: 1, read: view => new Int8Array(view.buffer, view.byteOffset, view.byteLength) },
  11: { bytes: 2, read: (view, length) => fill(new Int16Array(length), i => view.getInt16(2 * i)) },
  12: { bytes: 4, read: (view, length) => fill(new Int32Array(length), i => view.getInt32(4 * i)) },
  13: { bytes: 4, read: (view, length) => fill(new Float32Array(length), i => view.getFloat32(4 * i)) },
  14: { bytes: 8, read: (view, length) => fill(new Float64Array(length), i => view.getFloat64(8 * i)) },
};

/**
 * Reads an IDX file, the format of MNIST: two zero bytes, type, number of dimensions, the dimensions as big-endian
 * 32-bit numbers, then big-endian values. Arrays of bytes are views of `bytes`, not copies.
 *
 * @param origin names the file in messages
 * @throws FileFormatError where the bytes aren't one whole IDX array
 */
export function parseIdx(bytes: Uint8Array, origin: string): IdxArray {
  const fail = (problem: string): never => {
    throw new FileFormatError(`${origin}: ${problem}. Delete the file and get it anew.`);
  };
  const type = TYPES[bytes[2]];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
    return fail(
      `not an IDX file: it begins with the bytes '${start}', expected 0000, a type (08, 09, 0b … 0e), a rank`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (bytes.length < start) return fail(`cut short: ${bytes.length} bytes, but its header alone takes ${start}`);

  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const length = sizeOf(shape);
  const expected = start + length * type.bytes;
  if (bytes.length < expected) {
    return fail(`cut short: ${bytes.length} bytes, expected ${expected} for shape [${shape}]`);
  }
  if (bytes.length > expected) {
    return fail(
      `${bytes.length - expected} bytes too many: ${bytes.length}, expected ${expected} for shape [${shape}]`,
    );
  }
  return { data: type.read(new DataView(bytes.buffer, bytes.byteOffset + start, length * type.bytes), length), shape };
}

function fill<T extends IdxData>(values: T, read: (index: number) => number): T {
  for (let i = 0; i < values.length; i++) values[i] = read(i);
  return values;
}
