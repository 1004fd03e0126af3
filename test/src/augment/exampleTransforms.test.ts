import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyParameters } from '../../../src/augment/applyParameters.js';
import { augmentation } from '../../../src/augment/augmentation.js';
import { colorJitter } from '../../../src/augment/colorJitter.js';
import { cutout } from '../../../src/augment/cutout.js';
import type { ExampleTransform } from '../../../src/augment/exampleTransform.js';
import { randAugment } from '../../../src/augment/randAugment.js';
import { randomCrop } from '../../../src/augment/randomCrop.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { randomKey } from '../../../src/random/randomKey.js';
import { NEUTRAL_PARAMETERS } from '../../helpers/neutralParameters.js';

const LAST = [5, 6, 2];
const FIRST = [2, 5, 6];
const data = Uint8Array.from({ length: 60 }, (_, i) => i + 1);
const swapped = <T extends Uint8Array>(from: T): T => from.map((_, i) => from[(i % 30) * 2 + Math.floor(i / 30)]) as T;

const transforms: [string, (dataFormat: 'channelsLast' | 'channelsFirst') => ExampleTransform][] = [
  ['cutout', dataFormat => cutout({ size: 3, cval: 99, dataFormat }, dataFormat === 'channelsLast' ? LAST : FIRST)],
  ['randomCrop', dataFormat => randomCrop({ padding: 2, dataFormat }, dataFormat === 'channelsLast' ? LAST : FIRST)],
];

describe.each(transforms)('%s', (_, make) => {
  it('is a function of the key, leaves its input alone, and keeps type and label', () => {
    const example = { x: data.slice(), y: 3, weight: 0.5 };
    const once = make('channelsLast')(example, randomKey(1));
    expect(example.x).toEqual(data);
    expect(once).toMatchObject({ y: 3, weight: 0.5, x: expect.any(Uint8Array) });
    expect(make('channelsLast')(example, randomKey(1))).toEqual(once);
    const others = [2, 3, 4, 5].map(seed => make('channelsLast')(example, randomKey(seed)).x);
    expect(others.some(x => String(x) !== String(once.x))).toBe(true);
  });

  it('does the same to pictures with the channels first', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const key = randomKey(seed);
        const wanted = make('channelsLast')({ x: data, y: 0 }, key).x as Uint8Array;
        expect(make('channelsFirst')({ x: swapped(data), y: 0 }, key).x).toEqual(swapped(wanted));
      }),
    );
  });
});

describe('cutout', () => {
  it('blots out one square of all channels, which every pixel can be the middle of', () => {
    const sizes = new Map<number, number>();
    for (let seed = 0; seed < 600; seed++) {
      const { x } = cutout({ size: 3, cval: 99 }, LAST)({ x: data, y: 0 }, randomKey(seed));
      const places = Array.from(x.keys()).filter(i => x[i] === 99 && data[i] !== 99);
      const [rows, columns] = [places.map(i => Math.floor(i / 12)), places.map(i => Math.floor(i / 2) % 6)];
      const span = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
      expect(places.length).toBe(span(rows) * span(columns) * 2);
      sizes.set(places.length / 2, (sizes.get(places.length / 2) ?? 0) + 1);
    }
    // Of 30 middles, 12 see the whole square, 4 a corner, and 14 have it cut at one side.
    expect([...sizes.keys()].sort((a, b) => a - b)).toEqual([4, 6, 9]);
    expect(Math.abs((sizes.get(9) ?? 0) - 240)).toBeLessThan(5 * Math.sqrt(600 * 0.4 * 0.6));
  });
});

describe('randomCrop', () => {
  it('shifts by whole pixels, each shift within the padding, and fills up', () => {
    const constant = augmentation({ fillMode: 'constant' });
    const shifts = [-2, -1, 0, 1, 2].flatMap(tx => [-2, -1, 0, 1, 2].map(ty => ({ ...NEUTRAL_PARAMETERS, tx, ty })));
    const known = new Set(shifts.map(shift => String(applyParameters(constant, { data, shape: LAST }, shift).data)));
    const seen = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      seen.add(String(randomCrop({ padding: 2 }, LAST)({ x: data, y: 0 }, randomKey(seed)).x));
    }
    expect(seen).toEqual(known);
  });
});

it.each([
  ['cutout', () => cutout({ size: 0 }, LAST)],
  ['cutout', () => cutout({ size: 2 }, [4])],
  ['randomCrop', () => randomCrop({ padding: 1.5 }, LAST)],
  ['cutout', () => cutout({ size: 2, cval: Number.NaN }, LAST)],
  ['randomCrop', () => randomCrop({ padding: 1, cval: Number.NaN }, LAST)],
])('%s refuses what can not be meant', (_, make) => {
  expect(make).toThrow(InvalidArgumentError);
});

const filling = (cval: number): [string, ExampleTransform][] => [
  ['cutout', cutout({ size: 2, cval }, LAST)],
  ['randomCrop', randomCrop({ padding: 1, cval }, LAST)],
];

it.each([...filling(300), ...filling(-1)])(
  '%s fills floats with any value, bytes with none that is no byte',
  (name, make) => {
    expect(() => make({ x: data, y: 0 }, randomKey(1))).toThrow(
      new RegExp(`${name}: cval is .* give a number from 0 to 255`),
    );
    expect(() => make({ x: Float32Array.from(data), y: 0 }, randomKey(1))).not.toThrow();
  },
);

describe.each<[string, (options: object) => unknown]>([
  ['cutout', options => cutout({ size: 2, ...options }, [4, 4, 3])],
  ['randomCrop', options => randomCrop({ padding: 1, ...options }, [4, 4, 3])],
  ['colorJitter', options => colorJitter({ hue: 0.1, ...options }, [4, 4, 3])],
  ['randAugment', options => randAugment({ n: 1, ...options }, [4, 4, 3])],
])('%s', (name, make) => {
  it('refuses an option that it does not have', () => {
    expect(() => make({ contrasts: 1 })).toThrow(`Unknown option of ${name} 'contrasts'`);
  });

  it("refuses Keras's name of a data format, which is not the other one", () => {
    expect(() => make({ dataFormat: 'channels_last' })).toThrow("'channels_last'. Did you mean 'channelsLast'?");
  });
});
