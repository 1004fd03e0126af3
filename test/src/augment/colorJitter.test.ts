import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { augmentation } from '../../../src/augment/augmentation.js';
import { chainTransforms } from '../../../src/augment/chainTransforms.js';
import {
  applyJitter,
  type ColorJitterOptions,
  colorJitter,
  type JitterParameters,
  sampleJitter,
} from '../../../src/augment/colorJitter.js';
import { imageTransform } from '../../../src/augment/imageTransform.js';
import { pixelLayout } from '../../../src/augment/pixelLayout.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { randomKey } from '../../../src/random/randomKey.js';
import { FIRST, LAST, PICTURE, planes } from './colourPicture.js';

type Change = JitterParameters[number][0];

const layout = pixelLayout(LAST, 'channelsLast');

/** Of torchvision 0.29.2's result (transforms.v2, tensors): sum and start of the MD5 of bytes; first floats of a picture / 255. */
const torchvision: readonly [Change, number, number, string, readonly number[]][] = [
  ['brightness', 0.35, 34689, 'b73d4f9b', [0.0, 0.05902, 0.137255, 0.214118, 0.330784, 0.135882]],
  ['brightness', 1.6, 139757, '98f54908', [0.0, 0.269804, 0.627451, 0.978824, 1.0, 0.621176]],
  ['contrast', 0.35, 99057, '86e6bb62', [0.310728, 0.369747, 0.447983, 0.524845, 0.641512, 0.44661]],
  ['contrast', 1.6, 101715, '8fc08136', [0.0, 0.0, 0.340625, 0.691998, 1.0, 0.334351]],
  ['saturation', 0.35, 99071, 'b7a976fd', [0.093399, 0.152418, 0.230654, 0.722345, 0.839011, 0.644109]],
  ['saturation', 1.6, 100608, '83abc3d7', [0.0, 0.18359, 0.541237, 0.509691, 1.0, 0.152044]],
  ['hue', -0.37, 99884, '6006a8bd', [0.254902, 0.392157, 0.0, 0.945098, 0.388235, 0.734275]],
  ['hue', 0.25, 100016, '60fdfcd9', [0.392157, 0.0, 0.364706, 0.388235, 0.890196, 0.945098]],
];

describe('colour changes', () => {
  it.each(torchvision)('%s by %d gives the bytes and floats of torchvision', (change, factor, sum, md5, floats) => {
    const x = applyJitter(PICTURE, layout, [[change, factor]]);
    expect(x).toBeInstanceOf(Uint8Array);
    expect(Array.from(x).reduce((total, value) => total + value, 0)).toBe(sum);
    expect(createHash('md5').update(x).digest('hex').slice(0, 8)).toBe(md5);
    const float = applyJitter(
      Float32Array.from(PICTURE, value => value / 255),
      layout,
      [[change, factor]],
    );
    floats.forEach((value, i) => {
      expect(float[i]).toBeCloseTo(value, 5);
    });
  });

  it.each(torchvision)('%s by %d does the same with the channels first', (change, factor) => {
    const first = applyJitter(planes(PICTURE), pixelLayout(FIRST, 'channelsFirst'), [[change, factor]]);
    expect(first).toEqual(planes(applyJitter(PICTURE, layout, [[change, factor]])));
  });

  it('leave what has no colour: the hue of greys, hue and saturation of one channel', () => {
    const greys = Uint8Array.from({ length: 30 }, (_, i) => 9 * Math.floor(i / 3));
    expect(applyJitter(greys, pixelLayout([2, 5, 3], 'channelsLast'), [['hue', 0.3]])).toEqual(greys);
    const one = pixelLayout([5, 6, 1], 'channelsLast');
    const changes: JitterParameters = [
      ['hue', 0.3],
      ['saturation', 0.3],
    ];
    expect(applyJitter(greys, one, changes)).toEqual(greys);
  });

  it('takes the mean of a grey picture for its contrast', () => {
    const x = applyJitter(Uint8Array.of(0, 100, 200, 100), pixelLayout([2, 2, 1], 'channelsLast'), [['contrast', 0.5]]);
    expect(Array.from(x)).toEqual([50, 100, 150, 100]);
  });
});

describe('colorJitter', () => {
  const all: ColorJitterOptions = { brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1 };

  it('is a function of the key, leaves its input alone, and keeps type and label', () => {
    const transform = colorJitter(all, LAST);
    const before = PICTURE.slice();
    const of = (seed: number) => transform({ x: PICTURE, y: 3, weight: 0.5 }, randomKey(seed));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).toMatchObject({ y: 3, weight: 0.5, x: expect.any(Uint8Array) });
    expect(of(2).x).not.toEqual(of(1).x);
    expect(PICTURE).toEqual(before);
  });

  it('draws within the ranges, in every order', () => {
    const ranges = { brightness: [0.6, 1.4], saturation: [0, 3], hue: [-0.1, 0.1] } as const;
    const draws = Array.from({ length: 600 }, (_, seed) => sampleJitter(ranges, randomKey(seed)));
    expect(new Set(draws.map(draw => draw.map(([change]) => change).join())).size).toBe(6);
    for (const [change, [low, high]] of Object.entries(ranges)) {
      const factors = draws.map(draw => draw.find(([name]) => name === change)?.[1] ?? Number.NaN);
      expect(factors.every(factor => factor >= low && factor < high)).toBe(true);
      const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((5 * (high - low)) / Math.sqrt(12 * 600));
    }
  });

  it('draws the same of one range whatever the others are', () => {
    const factor = (more: object) =>
      new Map(sampleJitter({ contrast: [0.5, 2], ...more }, randomKey(3))).get('contrast');
    expect(factor({ hue: [0, 0.5], brightness: [0, 1] })).toBe(factor({}));
  });

  it('cuts a range off at black, and does nothing without one', () => {
    const dark = colorJitter({ brightness: 5 }, [1, 1, 1]);
    for (let seed = 0; seed < 50; seed++) dark({ x: Uint8Array.of(9), y: 0 }, randomKey(seed));
    expect(colorJitter({ hue: 0 }, LAST)({ x: PICTURE, y: 0 }, randomKey(1)).x).toEqual(PICTURE);
  });

  it.each<[ColorJitterOptions, readonly number[], string]>([
    [{ brightness: -1 }, LAST, 'brightness is -1'],
    [{ contrast: [2, 1] }, LAST, 'contrast is [2,1]'],
    [{ saturation: Number.NaN }, LAST, 'saturation is null'],
    [{ hue: 0.6 }, LAST, 'hue is 0.6: give a number from 0 to 0.5'],
    [{}, [4, 4, 4], '4 channels'],
    [{}, [4, 4], 'A picture of shape [4,4]'],
  ])('refuses %j for %j', (options, shape, message) => {
    expect(() => colorJitter(options, shape)).toThrow(InvalidArgumentError);
    expect(() => colorJitter(options, shape)).toThrow(message);
  });

  it('refuses bytes that have become floats, which it would take for white', () => {
    const transform = chainTransforms(imageTransform(augmentation(), [1, 2, 1]), colorJitter(all, [1, 2, 1]));
    const change = () => transform({ x: Uint8Array.of(0, 200), y: 0 }, randomKey(1));
    expect(change).toThrow(InvalidArgumentError);
    expect(change).toThrow('has the value 200, expected 0 to 1');
    expect(change).toThrow('put colorJitter(…) first');
  });

  it('refuses whole numbers of 32 bits', () => {
    const transform = colorJitter(all, [1, 1, 1]);
    expect(() => transform({ x: Int32Array.of(1), y: 0 }, randomKey(1))).toThrow('came as Int32Array');
  });
});
