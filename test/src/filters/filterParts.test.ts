import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deprocessImage } from '../../../src/filters/deprocessImage.js';
import { meanAndDeviation } from '../../../src/filters/meanAndDeviation.js';
import { parseFilters } from '../../../src/filters/parseFilters.js';
import { processImage } from '../../../src/filters/processImage.js';
import { resizeBicubic } from '../../../src/filters/resizeBicubic.js';
import { roll } from '../../../src/filters/roll.js';
import { scaleSizes } from '../../../src/filters/scaleSizes.js';
import { startNoise } from '../../../src/filters/startNoise.js';
import { stitch } from '../../../src/filters/stitch.js';
import { upscalePictures } from '../../../src/filters/upscalePictures.js';

const floats = fc.array(fc.float({ min: -200, max: 200, noNaN: true }), { minLength: 3, maxLength: 60 });

describe('deprocessImage and processImage', () => {
  it('give mean 0.5 and deviation 0.25, and leave x as it was', () => {
    fc.assert(
      fc.property(floats, values => {
        const x = Float32Array.from(values);
        fc.pre(meanAndDeviation(x).deviation > 0.01);
        const before = x.slice();
        const { normalized } = deprocessImage(x);
        const { mean, deviation } = meanAndDeviation(normalized);
        expect(mean).toBeCloseTo(0.5, 4);
        expect(deviation).toBeCloseTo(0.25, 4);
        expect(x).toEqual(before);
      }),
    );
  });

  it('make a grey picture of a constant x', () => {
    expect([...deprocessImage(new Float32Array(4).fill(9)).picture]).toEqual([127, 127, 127, 127]);
  });

  it('go back to the former mean and deviation', () => {
    const former = Float32Array.of(0, 2);
    expect([...processImage(Uint8Array.of(0, 255), former)]).toEqual([-1, 3]);
  });
});

describe('upscalePictures', () => {
  it('adds its epsilon to the deviation that it divides by', () => {
    const pictures = { filters: [0], size: 2, channels: 1, values: Float32Array.of(0, 0, 2, 2) };
    const upscaled = (epsilon?: number) => upscalePictures(pictures, 2, 'levels', epsilon).values;
    // 0 becomes 0.25 or, with a deviation of 1 + 1, 0.375; then a level; then, by the deviation of those, values again.
    expect(upscaled()[0]).toBeCloseTo((63 / 255 - 0.5) * 4 * 0.25 + 0.5, 6);
    expect(upscaled(1)[0]).toBeCloseTo((95 / 255 - 0.5) * 4 * 0.125 + 0.5, 6);
  });
});

describe('scaleSizes', () => {
  it('has the sizes of the published run', () => {
    const { ascent, resizeTo } = scaleSizes({ size: 412, upscalings: 9, factor: 1.2 });
    expect(ascent).toEqual([79, 95, 114, 137, 165, 198, 238, 286, 343]);
    expect(resizeTo).toEqual([...ascent.slice(1), 412]);
  });

  it('begins at the smallest size that the network sees', () => {
    const { ascent, resizeTo } = scaleSizes({ size: 52, upscalings: 9, factor: 1.2, minimum: 16 });
    expect(ascent).toEqual([16, 17, 20, 25, 30, 36, 43]);
    expect(resizeTo).toEqual([17, 20, 25, 30, 36, 43, 52]);
  });

  it.each([
    [{ size: 15, upscalings: 9, factor: 1.2, minimum: 16 }, /empty below 16 pixels/],
    [{ size: 0, upscalings: 9, factor: 1.2 }, /0 pixels/],
    [{ size: 52, upscalings: 0, factor: 1.2 }, /0 upscalings/],
    [{ size: 52, upscalings: 1e9, factor: 1.2 }, /from 1 to 10000/],
    [{ size: 52, upscalings: 9, factor: Number.NaN }, /factor/],
  ])('refuses %j', (options, message) => {
    expect(() => scaleSizes(options)).toThrow(message);
  });
});

describe('resizeBicubic', () => {
  it('keeps a constant picture constant, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (rows, columns, high, wide, level) => {
        const data = new Uint8Array(rows * columns).fill(level);
        const resized = resizeBicubic({ data, rows, columns, channels: 1 }, high, wide);
        expect(new Set(resized.data)).toEqual(new Set([level]));
        expect(resized.data.length).toBe(high * wide);
      }),
    );
  });

  it('neither rounds nor clips floats', () => {
    const picture = { data: Float32Array.of(-300, 0.25, 300), rows: 1, columns: 3, channels: 1 };
    const { data } = resizeBicubic(picture, 1, 6);
    expect(Math.min(...data)).toBeLessThan(-300);
    expect(Math.max(...data)).toBeGreaterThan(300);
  });
});

describe('startNoise', () => {
  it('is a function of seed and filter, around 128', () => {
    const noise = startNoise(8, 3, 7);
    expect(startNoise(8, 3, 7)).toEqual(noise);
    expect(startNoise(8, 4, 7)).not.toEqual(noise);
    expect(startNoise(8, 3, 8)).not.toEqual(noise);
    expect(Math.min(...noise)).toBeGreaterThanOrEqual(118);
    expect(Math.max(...noise)).toBeLessThanOrEqual(138);
  });
});

describe('roll', () => {
  it('is undone by the opposite roll', () => {
    const shift = fc.integer({ min: -9, max: 9 });
    const pictures = { filters: [1, 2], size: 4, channels: 3, values: Float32Array.from({ length: 96 }, (_, i) => i) };
    fc.assert(
      fc.property(shift, shift, (down, right) => {
        expect(roll(roll(pictures, down, right), -down, -right)).toEqual(pictures);
      }),
    );
  });

  it('moves down and to the right', () => {
    const pictures = { filters: [0], size: 2, channels: 1, values: Float32Array.of(1, 2, 3, 4) };
    expect([...roll(pictures, 1, 0).values]).toEqual([3, 4, 1, 2]);
    expect([...roll(pictures, 0, 1).values]).toEqual([2, 1, 4, 3]);
  });
});

describe('stitch', () => {
  const pixel = (level: number) => ({ data: Uint8Array.of(level), rows: 1, columns: 1, channels: 1 });

  it('puts the best first, row by row, with a black margin', () => {
    const { order, picture } = stitch([1, 2, 3, 4].map(pixel), [5, 9, 5, 1], { margin: 1 });
    expect(order).toEqual([1, 0, 2, 3]);
    expect([...picture.data]).toEqual([2, 0, 1, 0, 0, 0, 3, 0, 4]);
  });

  it('refuses a grid that is larger than there are pictures for', () => {
    expect(() => stitch([pixel(1)], [1], { n: 2 })).toThrow('needs 4 pictures, got 1');
  });
});

describe('parseFilters', () => {
  it('takes numbers and ranges', () => {
    expect(parseFilters('3, 7,5-7')).toEqual([3, 7, 5, 6]);
  });

  it.each(['', 'a', '3-', '7-3', '-1', '1.5', '0-99999999'])("refuses '%s'", text => {
    expect(() => parseFilters(text)).toThrow('names no filters');
  });
});
