import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AugmentationOptions, augmentation } from '../../../src/augment/augmentation.js';
import type { AugmentParameters } from '../../../src/augment/augmentParameters.js';
import { sampleParameters } from '../../../src/augment/sampleParameters.js';
import { randomKey } from '../../../src/random/randomKey.js';
import { NEUTRAL_PARAMETERS } from '../../helpers/neutralParameters.js';

const DRAWS = 4000;
const SHAPE = [20, 50, 3];

const draw = (options: AugmentationOptions, shape = SHAPE): AugmentParameters[] =>
  Array.from({ length: DRAWS }, (_, row) => sampleParameters(augmentation(options), randomKey(5, row), shape));

const column = (sets: readonly AugmentParameters[], name: keyof AugmentParameters): number[] =>
  sets.map(set => Number(set[name]));

/** Within five standard errors of the uniform distribution from `low` to `high`, and inside of it. */
function expectUniform(values: readonly number[], low: number, high: number): void {
  const range = high - low;
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...values)).toBeLessThanOrEqual(high);
  expect(Math.min(...values)).toBeLessThan(low + 0.01 * range);
  expect(Math.max(...values)).toBeGreaterThan(high - 0.01 * range);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((5 * range) / Math.sqrt(12 * values.length));
}

/** Each of the values about equally often, five standard errors wide. */
function expectEvenly(values: readonly number[], expected: readonly number[]): void {
  const share = 1 / expected.length;
  const width = 5 * Math.sqrt((share * (1 - share)) / values.length);
  expect([...new Set(values)].sort((a, b) => a - b)).toEqual([...new Set(expected)].sort((a, b) => a - b));
  for (const value of new Set(expected)) {
    const wanted = share * expected.filter(one => one === value).length;
    expect(Math.abs(values.filter(one => one === value).length / values.length - wanted)).toBeLessThanOrEqual(
      2 * width,
    );
  }
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [average(a), average(b)];
  const product = average(a.map((value, i) => (value - meanA) * (b[i] - meanB)));
  return product / Math.sqrt(average(a.map(x => (x - meanA) ** 2)) * average(b.map(x => (x - meanB) ** 2)));
}

describe('sampleParameters', () => {
  it('draws what changes nothing where nothing is asked', () => {
    expect(sampleParameters(augmentation(), randomKey(1), SHAPE)).toEqual(NEUTRAL_PARAMETERS);
  });

  it.each<[keyof AugmentParameters, AugmentationOptions, number, number]>([
    ['theta', { rotationRange: 15 }, -15, 15],
    ['shear', { shearRange: 10 }, -10, 10],
    ['zx', { zoomRange: 0.2 }, 0.8, 1.2],
    ['zy', { zoomRange: [0.5, 2] }, 0.5, 2],
    ['tx', { widthShiftRange: 0.1 }, -5, 5],
    ['ty', { heightShiftRange: 0.1 }, -2, 2],
    ['tx', { widthShiftRange: 2.5 }, -2.5, 2.5],
    ['channelShift', { channelShiftRange: 20 }, -20, 20],
    ['brightness', { brightnessRange: [0.5, 1.5] }, 0.5, 1.5],
    ['theta', { rotationRange: -15 }, -15, 15],
    ['zx', { zoomRange: [1.3, 0.7] }, 0.7, 1.3],
    ['zy', { zoomRange: 1.5, compat: 'keras-3.15' }, -0.5, 2.5],
    ['brightness', { brightnessRange: [1.5, 0.5] }, 0.5, 1.5],
    ['ty', { widthShiftRange: -2.5, compat: 'keras-3.15' }, -125, 125],
    ['ty', { widthShiftRange: -3, compat: 'keras-3.15' }, -150, 150],
  ])('draws %s evenly for %j', (name, options, low, high) => {
    expectUniform(column(draw(options), name), low, high);
  });

  it.each<[keyof AugmentParameters, AugmentationOptions, number[]]>([
    ['tx', { widthShiftRange: 1 }, [0]],
    ['tx', { widthShiftRange: [] }, [0]],
    ['tx', { widthShiftRange: 3 }, [0, 0, 1, -1, 2, -2]],
    ['ty', { heightShiftRange: [1, 4] }, [1, -1, 4, -4]],
    ['tx', { widthShiftRange: [0.1, 0.2] }, [5, -5, 10, -10]],
    ['ty', { heightShiftRange: [0.5, 2] }, [0.5, -0.5, 2, -2]],
    ['flipHorizontal', { horizontalFlip: true }, [0, 1]],
    ['flipVertical', { verticalFlip: true }, [0, 1]],
  ])('draws each value of %s equally often for %j', (name, options, values) => {
    expectEvenly(column(draw(options), name), values);
  });

  it('draws shifts of a picture with the channels first by its own rows and columns', () => {
    const sets = draw({ widthShiftRange: 0.1, heightShiftRange: 0.1, dataFormat: 'channelsFirst' }, [3, 20, 50]);
    expectUniform(column(sets, 'tx'), -5, 5);
    expectUniform(column(sets, 'ty'), -2, 2);
  });

  it('draws all parameters independently of each other', () => {
    const sets = draw({
      rotationRange: 1,
      widthShiftRange: 0.1,
      heightShiftRange: 0.1,
      shearRange: 1,
      zoomRange: 0.2,
      channelShiftRange: 1,
      brightnessRange: [0, 1],
      horizontalFlip: true,
      verticalFlip: true,
    });
    const names = Object.keys(NEUTRAL_PARAMETERS) as (keyof AugmentParameters)[];
    const columns = names.map(name => column(sets, name));
    for (let i = 0; i < names.length; i++) {
      for (let j = 0; j < i; j++) {
        expect(Math.abs(correlation(columns[i], columns[j])), `${names[i]} and ${names[j]}`).toBeLessThan(0.08);
      }
    }
  });

  it('is a function of the key alone', () => {
    const options = augmentation({ rotationRange: 9, zoomRange: 0.1, widthShiftRange: [1, 2], verticalFlip: true });
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(), (seed, row) => {
        const key = randomKey(seed, row);
        const once = sampleParameters(options, key, SHAPE);
        sampleParameters(options, randomKey(seed, row + 1), SHAPE);
        expect(sampleParameters(options, key, SHAPE)).toEqual(once);
      }),
    );
  });

  it('leaves the draws of one option alone when another is switched on', () => {
    const alone = draw({ zoomRange: 0.2 });
    const together = draw({ zoomRange: 0.2, rotationRange: 30, widthShiftRange: 4, horizontalFlip: true });
    expect(column(together, 'zx')).toEqual(column(alone, 'zx'));
  });

  it('pins what a seed gives', () => {
    const options = augmentation({
      rotationRange: 10,
      widthShiftRange: 0.1,
      heightShiftRange: 5,
      horizontalFlip: true,
    });
    expect(sampleParameters(options, randomKey(7, 'augment', 0, 3), [32, 32, 3])).toMatchInlineSnapshot(`
      {
        "brightness": null,
        "channelShift": null,
        "flipHorizontal": false,
        "flipVertical": false,
        "shear": 0,
        "theta": 5.217202470138336,
        "tx": 1.4231702534277044,
        "ty": -4,
        "zx": 1,
        "zy": 1,
      }
    `);
  });
});
