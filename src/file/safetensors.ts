import { sizeOf } from '../array/hostArray.js';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { isCount, isRecord } from '../text/json.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './halfPrecision.js';

/**
 * The safetensors container: an unsigned 64-bit little-endian length, so many bytes of JSON
 * `{name: {dtype, shape, data_offsets: [from, to]}}` (offsets count from the JSON's end), then raw little-endian data
 * in row-major order. The key `__metadata__` holds strings of the writer's choice.
 *
 * Source: https://github.com/huggingface/safetensors#format. As there, data must lie without gap or overlap, so that
 * a file has no place to hide anything and an array can't be read past its end.
 */
const TYPES = {
  F64: { bytes: 8, Data: Float64Array },
  I64: { bytes: 8, Data: BigInt64Array },
  F32: { bytes: 4, Data: Float32Array },
  I32: { bytes: 4, Data: Int32Array },
  U8: { bytes: 1, Data: Uint8Array },
  I8: { bytes: 1, Data: Int8Array },
  /** One byte a value, 0 or 1. */
  BOOL: { bytes: 1, Data: Uint8Array },
} as const;

/** Types of two bytes that JavaScript has no arrays for: they are read as F32, and not written. */
const HALVES = { F16: float16ToFloat32, BF16: bfloat16ToFloat32 } as const;

const KNOWN = [...Object.keys(TYPES), ...Object.keys(HALVES)];

export type SafetensorsDtype = keyof typeof TYPES;

export type SafetensorsData = Float64Array | Float32Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

export interface SafetensorsArray {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data: SafetensorsData;
}

export interface SafetensorsFile {
  /** In the order of the data. */
  readonly arrays: ReadonlyMap<string, SafetensorsArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
const METADATA = '__metadata__';
/** As in the reference implementation: a header that claims more is hostile. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a whole file's bytes; the arrays are copies of them. Those of half precision (F16, BF16) become F32.
 *
 * @param origin names the file in messages
 * @throws FileFormatError where the bytes aren't a whole, well-formed file
 */
export function readSafetensors(bytes: Uint8Array, origin = 'safetensors data'): SafetensorsFile {
  const fail = (problem: string): never => {
    throw new FileFormatError(`${origin}: ${problem}.`);
  };
  if (bytes.length < LENGTH_BYTES) {
    fail(`${bytes.length} bytes are too few for a safetensors file, which begins with ${LENGTH_BYTES} bytes of length`);
  }
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (claimed > BigInt(Math.min(MAX_HEADER_BYTES, bytes.length - LENGTH_BYTES))) {
    fail(`the header claims ${claimed} bytes, but the file has ${bytes.length - LENGTH_BYTES} after the length`);
  }
  const dataStart = LENGTH_BYTES + Number(claimed);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), fail);
  const data = bytes.subarray(dataStart);

  let metadata: Record<string, string> = {};
  const entries: [string, Entry][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) metadata = checkMetadata(value, fail);
    else entries.push([name, checkEntry(name, value, fail)]);
  }
  entries.sort(([, a], [, b]) => a.from - b.from || a.to - b.to);

  const arrays = new Map<string, SafetensorsArray>();
  let end = 0;
  for (const [name, { dtype, shape, from, to }] of entries) {
    if (from !== end)
      fail(`array '${name}' begins at byte ${from} of the data, but the array before it ends at ${end}`);
    if (to > data.length)
      fail(`array '${name}' ends at byte ${to}, but the file holds only ${data.length} bytes of data`);
    end = to;
    const stored = Uint8Array.from(data.subarray(from, to));
    arrays.set(
      name,
      isHalf(dtype) ? widened(dtype, shape, stored) : { dtype, shape, data: decode(name, dtype, stored, fail) },
    );
  }
  if (end !== data.length) fail(`${data.length - end} bytes after the last array belong to nothing`);
  return { arrays, metadata };
}

/**
 * The bytes of a file. Arrays are laid out in the given order, except that wide types come first so that every array
 * is aligned to its type.
 *
 * @throws InvalidArgumentError where an array's data doesn't fit its shape or type, or a name is used twice
 */
export function writeSafetensors(
  arrays: Iterable<readonly [string, SafetensorsArray]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = [...arrays].sort(([, a], [, b]) => TYPES[b.dtype].bytes - TYPES[a.dtype].bytes);
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push([METADATA, metadata]);
  const names = new Set([METADATA]);
  let size = 0;
  for (const [name, array] of sorted) {
    if (names.has(name)) throw new InvalidArgumentError(`Array name '${name}' is reserved or used twice.`);
    names.add(name);
    checkArray(name, array);
    entries.push([
      name,
      { dtype: array.dtype, shape: array.shape, data_offsets: [size, size + array.data.byteLength] },
    ]);
    size += array.data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;

  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

type Fail = (problem: string) => never;

type HalfDtype = keyof typeof HALVES;

const isHalf = (dtype: SafetensorsDtype | HalfDtype): dtype is HalfDtype => dtype in HALVES;

interface Entry {
  readonly dtype: SafetensorsDtype | HalfDtype;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    fail(`the header isn't JSON (${(error as Error).message})`);
  }
  return isRecord(header) ? header : fail('the header is not a JSON object');
}

function checkMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (!isRecord(value) || !Object.values(value).every(text => typeof text === 'string')) {
    return fail(`'${METADATA}' must be an object of strings`);
  }
  return value as Record<string, string>;
}

function checkEntry(name: string, value: unknown, fail: Fail): Entry {
  if (!isRecord(value)) return fail(`the entry of array '${name}' is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !KNOWN.includes(dtype)) {
    return fail(`array '${name}' has dtype ${JSON.stringify(dtype)}; known are ${KNOWN.join(', ')}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    return fail(`array '${name}' has shape ${JSON.stringify(shape)}, which is no list of whole numbers from 0 on`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    return fail(`array '${name}' has data_offsets ${JSON.stringify(offsets)}; expected [from, to] with from ≤ to`);
  }
  const known = dtype as Entry['dtype'];
  const [from, to] = offsets as [number, number];
  const bytes = shape.reduce((product: number, dim: number) => product * dim, isHalf(known) ? 2 : TYPES[known].bytes);
  if (bytes !== to - from) {
    return fail(
      `array '${name}', ${known} of shape [${shape}], needs ${bytes} bytes, but its offsets span ${to - from}`,
    );
  }
  return { dtype: known, shape, from, to };
}

function decode(name: string, dtype: SafetensorsDtype, bytes: Uint8Array<ArrayBuffer>, fail: Fail): SafetensorsData {
  if (dtype === 'BOOL' && bytes.some(byte => byte > 1))
    fail(`array '${name}' is BOOL but has bytes other than 0 and 1`);
  const Data: new (buffer: ArrayBuffer) => SafetensorsData = TYPES[dtype].Data;
  return new Data(bytes.buffer);
}

const widened = (
  dtype: HalfDtype,
  shape: readonly number[],
  { buffer }: Uint8Array<ArrayBuffer>,
): SafetensorsArray => ({
  dtype: 'F32',
  shape,
  data: HALVES[dtype](new Uint16Array(buffer)),
});

function checkArray(name: string, { dtype, shape, data }: SafetensorsArray): void {
  const size = sizeOf(shape);
  if (!shape.every(isCount) || data.length !== size) {
    throw new InvalidArgumentError(`Array '${name}' of shape [${shape}] needs ${size} values, but has ${data.length}.`);
  }
  if (!(data instanceof TYPES[dtype].Data)) {
    throw new InvalidArgumentError(
      `Array '${name}' is said to be ${dtype}, which needs a ${TYPES[dtype].Data.name}, not ${data.constructor.name}.`,
    );
  }
}
