import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interpolation } from '../../../src/picture/axisTaps.js';
import type { DecodedPicture } from '../../../src/picture/decodedPicture.js';
import { type Resizing, resizePicture } from '../../../src/picture/resizePicture.js';
import golden from './resizePicture.json' with { type: 'json' };

const [ROWS, COLUMNS] = [7, 11];
/** Far enough from black and white: Pillow clips what a kernel overshoots between its two directions, TensorFlow at the end. */
const noise = Uint8Array.from({ length: ROWS * COLUMNS * 3 }, (_, i) => 64 + ((i * 7919 + ((i * i) % 13) * 17) % 128));

const pictureOf = (bytes: Uint8Array, rows: number, columns: number, orientation = 1): DecodedPicture => ({
  rows,
  columns,
  channels: bytes.length / (rows * columns),
  orientation,
  copyTo: target => target.set(bytes),
});
const resizing = (rows: number, columns: number, more: Partial<Resizing> = {}): Resizing => ({
  ...{ rows, columns, interpolation: 'bilinear', antialias: true, keepAspectRatio: false },
  ...more,
});
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

/** Made of the same noise by Pillow's `resize` and by `tf.image.resize`, rounded. */
const cases = Object.entries(golden).flatMap(([library, byCase]) =>
  Object.entries(byCase).map(([name, wanted]) => [library, name, wanted] as const),
);

describe('resizePicture', () => {
  // Pillow rounds to bytes between its two directions, TensorFlow not at all; here six bits are kept.
  it.each(cases)('makes what %s makes, but for rounding: %s', (library, name, wanted) => {
    const [, interpolation, rows, columns] = /(\w+) (\d+)x(\d+)/.exec(name) as RegExpExecArray;
    const made = resizePicture(
      pictureOf(noise, ROWS, COLUMNS),
      resizing(Number(rows), Number(columns), {
        interpolation: interpolation as Interpolation,
        antialias: library === 'pillow',
      }),
    );
    expect(made.length).toBe(wanted.length);
    expect(furthest(made, wanted)).toBeLessThanOrEqual(interpolation === 'nearest' ? 0 : 1);
  });

  it('takes the pixel that Pillow or TensorFlow takes just between two', () => {
    const columns = Uint8Array.from({ length: 16 }, (_, i) => i);
    const nearest = (target: number, antialias: boolean) =>
      resizePicture(pictureOf(columns, 1, 16), resizing(1, target, { interpolation: 'nearest', antialias }));
    // Pixel 12 is at 12.5 · 16/100 = 2, which is 1.99… as a sum of thirteen numbers.
    expect(Array.from(nearest(100, true).subarray(11, 14))).toEqual([1, 1, 2]);
    expect(Array.from(nearest(100, false).subarray(11, 14))).toEqual([1, 2, 2]);
  });

  it('leaves a picture of the right size as it is, and an even one even', () => {
    for (const interpolation of ['nearest', 'bilinear', 'bicubic', 'lanczos'] as const) {
      expect(resizePicture(pictureOf(noise, ROWS, COLUMNS), resizing(ROWS, COLUMNS, { interpolation }))).toEqual(noise);
      const even = new Uint8Array(40 * 30 * 3).fill(201);
      const small = resizePicture(pictureOf(even, 40, 30), resizing(9, 13, { interpolation }));
      expect(small).toEqual(new Uint8Array(9 * 13 * 3).fill(201));
    }
  });

  /** What EXIF says of each orientation: where the upright pixel (i, j) is stored. */
  const stored: readonly ((i: number, j: number, rows: number, columns: number) => [number, number])[] = [
    (i, j) => [i, j],
    (i, j, _, columns) => [i, columns - 1 - j],
    (i, j, rows, columns) => [rows - 1 - i, columns - 1 - j],
    (i, j, rows) => [rows - 1 - i, j],
    (i, j) => [j, i],
    (i, j, rows) => [rows - 1 - j, i],
    (i, j, rows, columns) => [rows - 1 - j, columns - 1 - i],
    (i, j, _, columns) => [j, columns - 1 - i],
  ];

  it('turns a picture upright first, whatever its orientation', () => {
    fc.assert(
      fc.property(
        fc.record({
          orientation: fc.integer({ min: 1, max: 8 }),
          channels: fc.constantFrom(1, 3),
          size: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
          target: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
          interpolation: fc.constantFrom<Interpolation>('nearest', 'bilinear', 'bicubic', 'lanczos'),
          antialias: fc.boolean(),
          keepAspectRatio: fc.boolean(),
        }),
        ({ orientation, channels, size: [rows, columns], target, ...how }) => {
          const bytes = Uint8Array.from({ length: rows * columns * channels }, (_, i) => i * 37 + (i % 7) * 50);
          const [height, width] = orientation >= 5 ? [columns, rows] : [rows, columns];
          const upright = new Uint8Array(bytes.length);
          for (let i = 0; i < height; i++) {
            for (let j = 0; j < width; j++) {
              const [row, column] = stored[orientation - 1](i, j, rows, columns);
              for (let c = 0; c < channels; c++) {
                upright[(i * width + j) * channels + c] = bytes[(row * columns + column) * channels + c];
              }
            }
          }
          const wanted = resizePicture(pictureOf(upright, height, width), resizing(...target, how));
          const made = resizePicture(pictureOf(bytes, rows, columns, orientation), resizing(...target, how));
          // Across first or down first: what is rounded between the two differs.
          expect(furthest(made, wanted)).toBeLessThanOrEqual(
            orientation >= 5 && how.interpolation !== 'nearest' ? 1 : 0,
          );
        },
      ),
    );
  });

  it('takes the middle where proportions are kept', () => {
    const wide = Uint8Array.from({ length: 2 * 6 }, (_, i) => i);
    const how = { interpolation: 'nearest', keepAspectRatio: true } as const;
    expect(resizePicture(pictureOf(wide, 2, 6), resizing(2, 2, how))).toEqual(Uint8Array.of(2, 3, 8, 9));
    expect(resizePicture(pictureOf(wide, 6, 2), resizing(2, 2, how))).toEqual(Uint8Array.of(4, 5, 6, 7));
    // Less than a row of a tall picture has the proportions of a wide one: Pillow's `resize` with the empty box that Keras gives it.
    const tall = Uint8Array.of(0, 10, 20, 30);
    const thin = { rows: 2, columns: 13, antialias: true, keepAspectRatio: true };
    const rowsOf = (interpolation: Interpolation) =>
      Array.from(resizePicture(pictureOf(tall, 4, 1), { ...thin, interpolation })).filter((_, i) => i % 13 === 0);
    expect([rowsOf('nearest'), rowsOf('bilinear')]).toEqual([
      [20, 20],
      [15, 15],
    ]);
  });

  it('keeps the colour of clear pixels out of their neighbours', () => {
    const half = Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 0);
    expect(Array.from(resizePicture(pictureOf(half, 1, 2), resizing(1, 1)))).toEqual([255, 0, 0, 128]);
  });
});
