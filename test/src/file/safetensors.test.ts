import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { readSafetensors, type SafetensorsArray, writeSafetensors } from '../../../src/file/safetensors.js';

/** A file with any header, true or not. */
function fileOf(header: unknown, data: Uint8Array = new Uint8Array(), claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const f32 = (from: number, to: number, shape: unknown = [(to - from) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

const arrays: readonly (readonly [string, SafetensorsArray])[] = [
  ['flags', { dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['pixels', { dtype: 'U8', shape: [1, 2], data: Uint8Array.of(0, 255) }],
  ['signed', { dtype: 'I8', shape: [2], data: Int8Array.of(-128, 127) }],
  ['wide', { dtype: 'F64', shape: [2, 1], data: Float64Array.of(Math.PI, -0) }],
  ['weights', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, Number.NaN, -Infinity, 1e-45) }],
  ['rows', { dtype: 'I32', shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) }],
  ['big', { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 63n)) }],
  ['empty', { dtype: 'F32', shape: [0, 3], data: new Float32Array() }],
  ['scalar', { dtype: 'F32', shape: [], data: Float32Array.of(7) }],
  ['__proto__', { dtype: 'U8', shape: [1], data: Uint8Array.of(9) }],
];

describe('safetensors', () => {
  it('gives back every type, shape, value and name that was written', () => {
    const file = readSafetensors(writeSafetensors(arrays, { made: 'by a test' }));
    expect(new Map(file.arrays)).toEqual(new Map(arrays));
    expect(file.metadata).toEqual({ made: 'by a test' });
  });

  it('writes a view of a larger buffer as its own part alone', () => {
    const data = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
    const { arrays: read } = readSafetensors(writeSafetensors([['part', { dtype: 'F32', shape: [2], data }]]));
    expect(read.get('part')?.data).toEqual(Float32Array.of(2, 3));
  });

  it('reads numbers of half precision as float32', () => {
    const halves = Uint16Array.of(0x3e00, 0xae66, 0x3fc0, 0xbdcd);
    const half = (dtype: string, from: number) => ({ dtype, shape: [2], data_offsets: [from, from + 4] });
    const bytes = fileOf({ a: half('F16', 0), b: half('BF16', 4) }, new Uint8Array(halves.buffer));
    expect(Object.fromEntries(readSafetensors(bytes).arrays)).toEqual({
      a: { dtype: 'F32', shape: [2], data: Float32Array.of(1.5, -0.0999755859375) },
      b: { dtype: 'F32', shape: [2], data: Float32Array.of(1.5, -0.10009765625) },
    });
  });

  it('reads arrays that the header lists in another order than that of their data', () => {
    const { arrays: read } = readSafetensors(
      fileOf({ b: f32(4, 8), none: f32(4, 4), a: f32(0, 4) }, new Uint8Array(Float32Array.of(1, 2).buffer)),
    );
    expect([...read].map(([name, { data }]) => [name, ...data])).toEqual([['a', 1], ['none'], ['b', 2]]);
  });

  it('reads from the middle of a larger buffer', () => {
    const bytes = writeSafetensors(arrays);
    const larger = new Uint8Array(bytes.length + 6);
    larger.set(bytes, 3);
    expect(readSafetensors(larger.subarray(3, 3 + bytes.length)).arrays.get('wide')?.data[0]).toBe(Math.PI);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('begins every array at a multiple of its item size (%d)', nameLength => {
    const name = 'n'.repeat(nameLength);
    const bytes = writeSafetensors([[name, arrays[0][1]], ...arrays]);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const begin = (array: string): number => 8 + length + header[array].data_offsets[0];
    for (const wide of ['wide', 'big']) expect(begin(wide) % 8).toBe(0);
    for (const single of ['weights', 'rows']) expect(begin(single) % 4).toBe(0);
  });

  it.each<[string, SafetensorsArray]>([
    ['too few values', { dtype: 'F32', shape: [3], data: new Float32Array(2) }],
    ['negative sizes', { dtype: 'F32', shape: [-1, -1], data: new Float32Array(1) }],
    ['another type of data', { dtype: 'F32', shape: [1], data: new Int32Array(1) }],
  ])('refuses to write an array with %s', (_, array) => {
    expect(() => writeSafetensors([['a', array]])).toThrow(InvalidArgumentError);
  });

  it('refuses to write a name twice, or the reserved one', () => {
    expect(() => writeSafetensors([arrays[0], arrays[0]])).toThrow(/'flags'/);
    expect(() => writeSafetensors([['__metadata__', arrays[0][1]]])).toThrow(/__metadata__/);
  });

  const four = new Uint8Array(4);
  it.each<[string, Uint8Array, RegExp]>([
    ['no length', new Uint8Array(5), /5 bytes are too few/],
    ['a header longer than the file', fileOf({}, four, 1000n), /claims 1000 bytes/],
    ['a header of 2⁶⁴−1 bytes', fileOf({}, four, 2n ** 64n - 1n), /claims 18446744073709551615/],
    ['a header that is no JSON', fileOf('{oops'), /isn't JSON/],
    ['a header that is no UTF-8', fileOf('{"', Uint8Array.of(0xff, ...Buffer.from('":3}')), 7n), /isn't JSON/],
    ['a list for a header', fileOf([]), /not a JSON object/],
    ['an entry that is none', fileOf({ a: 3 }), /'a' is not an object/],
    [
      'an unknown dtype',
      fileOf({ a: { dtype: 'F8_E4M3', shape: [2], data_offsets: [0, 4] } }, four),
      /"F8_E4M3".*known are/,
    ],
    [
      'a dtype from the prototype',
      fileOf({ a: { dtype: 'toString', shape: [], data_offsets: [0, 4] } }, four),
      /"toString"/,
    ],
    ['a negative size', fileOf({ a: f32(0, 4, [-1]) }, four), /shape \[-1\]/],
    ['a size that is no number', fileOf({ a: f32(0, 4, ['1']) }, four), /shape \["1"\]/],
    ['a shape that is no list', fileOf({ a: f32(0, 4, 'x') }, four), /shape "x"/],
    ['no offsets', fileOf({ a: { dtype: 'F32', shape: [1] } }, four), /expected \[from, to\]/],
    ['one offset', fileOf({ a: { ...f32(0, 4), data_offsets: [4] } }, four), /expected \[from, to\]/],
    [
      'offsets that are no bytes',
      fileOf({ a: { ...f32(0, 4), data_offsets: [-2, 2] } }, four),
      /expected \[from, to\]/,
    ],
    ['a shape whose size overflows', fileOf({ a: f32(0, 4, [2 ** 52, 2 ** 52]) }, four), /needs \d.* bytes/],
    ['offsets backwards', fileOf({ a: { dtype: 'F32', shape: [0], data_offsets: [4, 0] } }, four), /from ≤ to/],
    ['offsets that do not fit the shape', fileOf({ a: f32(0, 4, [2]) }, four), /needs 8 bytes/],
    ['an array past the end', fileOf({ a: f32(0, 8) }, four), /holds only 4 bytes/],
    ['arrays that overlap', fileOf({ a: f32(0, 8), b: f32(4, 12) }, new Uint8Array(12)), /'b' begins at byte 4/],
    ['a gap', fileOf({ a: f32(4, 8) }, new Uint8Array(8)), /'a' begins at byte 4/],
    ['bytes that belong to nothing', fileOf({ a: f32(0, 4) }, new Uint8Array(6)), /2 bytes after the last array/],
    [
      'a BOOL that is neither',
      fileOf({ a: { dtype: 'BOOL', shape: [2], data_offsets: [0, 2] } }, Uint8Array.of(1, 2)),
      /BOOL/,
    ],
    ['metadata that is not strings alone', fileOf({ __metadata__: { a: 'x', b: 1 } }), /object of strings/],
    ['metadata that is nothing', fileOf({ __metadata__: null }), /object of strings/],
  ])('refuses a file with %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(FileFormatError);
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(message);
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(/^x\.safetensors: /);
  });

  it('refuses a file that was cut anywhere, and fails in no other way on damaged bytes', () => {
    const bytes = writeSafetensors(arrays);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(FileFormatError);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = value;
        try {
          readSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(FileFormatError);
        }
      }),
    );
  });
});
