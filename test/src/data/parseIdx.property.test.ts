import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IdxData, parseIdx } from '../../../src/data/parseIdx.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';

type Write = (view: DataView, at: number, value: number) => void;

/** Type byte, bytes a value, the array it becomes, how a value is written. */
const types: readonly [string, number, number, (length: number) => IdxData, Write][] = [
  ['uint8', 8, 1, length => new Uint8Array(length), (view, at, value) => view.setUint8(at, value)],
  ['int8', 9, 1, length => new Int8Array(length), (view, at, value) => view.setInt8(at, value)],
  ['int16', 11, 2, length => new Int16Array(length), (view, at, value) => view.setInt16(at, value)],
  ['int32', 12, 4, length => new Int32Array(length), (view, at, value) => view.setInt32(at, value)],
  ['float32', 13, 4, length => new Float32Array(length), (view, at, value) => view.setFloat32(at, value)],
  ['float64', 14, 8, length => new Float64Array(length), (view, at, value) => view.setFloat64(at, value)],
];

describe.each(types)('parseIdx with %s', (_, type, size, make, write) => {
  const array = fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }).chain(shape => {
    const length = shape.reduce((product, dim) => product * dim, 1);
    return fc.record({
      shape: fc.constant(shape),
      values: fc.array(fc.double(), { minLength: length, maxLength: length }),
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
  });

  /** The file, and the values as the type holds them. */
  function encode(shape: readonly number[], values: readonly number[]): { file: Uint8Array; data: IdxData } {
    const file = new Uint8Array(4 + 4 * shape.length + values.length * size);
    const view = new DataView(file.buffer);
    file.set([0, 0, type, shape.length]);
    shape.forEach((dim, i) => {
      view.setUint32(4 + 4 * i, dim);
    });
    values.forEach((value, i) => {
      write(view, 4 + 4 * shape.length + i * size, value);
    });
    const data = make(values.length);
    data.set(values);
    return { file, data };
  }

  it('gives back what was written', () => {
    fc.assert(
      fc.property(array, ({ shape, values }) => {
        const { file, data } = encode(shape, values);
        expect(parseIdx(file, 'f')).toEqual({ data, shape });
      }),
    );
  });

  it('refuses a file that is cut anywhere, or too long', () => {
    fc.assert(
      fc.property(array, ({ shape, values, place }) => {
        const { file } = encode(shape, values);
        expect(() => parseIdx(file.subarray(0, Math.floor(place * file.length)), 'f')).toThrow(FileFormatError);
        expect(() => parseIdx(Uint8Array.of(...file, 0), 'f')).toThrow(FileFormatError);
      }),
    );
  });
});
