import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pixelLayout } from '../../../src/augment/pixelLayout.js';
import { applyRandAugment, randAugment, sampleRandAugment } from '../../../src/augment/randAugment.js';
import {
  RAND_AUGMENT_OPERATIONS,
  type RandAugmentOperation,
  type RandAugmentOperationName,
} from '../../../src/augment/randAugmentOperations.js';
import { warpNearest } from '../../../src/augment/warpNearest.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnknownNameError } from '../../../src/error/unknownNameError.js';
import { randomKey } from '../../../src/random/randomKey.js';
import { FIRST, LAST, PICTURE, planes } from './colourPicture.js';

const layout = pixelLayout(LAST, 'channelsLast');

/**
 * Magnitudes whose places don't lie just between two pixels. Operation, magnitude, sign; of torchvision 0.29.2's result (transforms.v2, tensors) the
 * sum and the start of the MD5.
 */
const torchvision: readonly [RandAugmentOperationName, number, number, number, string][] = [
  ['shearX', 10, 1, 96452, '7a471297'],
  ['shearX', 10, -1, 95670, '4cc357bd'],
  ['shearX', 30, 1, 86717, 'a6add0a1'],
  ['shearX', 30, -1, 85579, 'cf77eaa1'],
  ['shearY', 10, 1, 95121, '9209d333'],
  ['shearY', 10, -1, 95417, '718cb4fe'],
  ['shearY', 30, 1, 83853, '63872b59'],
  ['shearY', 30, -1, 85009, '046bb060'],
  ['identity', 9, 1, 100194, 'd8a39d7a'],
  ['shearX', 9, 1, 97119, '57c642ff'],
  ['shearX', 9, -1, 96187, 'ce718bd9'],
  ['shearX', 23, 1, 89651, 'e60a8227'],
  ['shearX', 23, -1, 88805, '91fc5269'],
  ['shearY', 9, 1, 96110, '4b4841b8'],
  ['shearY', 9, -1, 96452, '555d62df'],
  ['shearY', 23, 1, 87494, '28343ab1'],
  ['shearY', 23, -1, 88840, 'ad20f2fd'],
  ['translateX', 9, 1, 88595, '290037a6'],
  ['translateX', 9, -1, 88977, 'e1873282'],
  ['translateX', 23, 1, 71452, 'b5c0c408'],
  ['translateX', 23, -1, 70529, '2a74eff5'],
  ['translateY', 9, 1, 87561, '1142fab6'],
  ['translateY', 9, -1, 88004, 'e0712652'],
  ['translateY', 23, 1, 68502, 'b6b62de7'],
  ['translateY', 23, -1, 68675, 'c6a54cbf'],
  ['rotate', 9, 1, 95054, '6cc0b734'],
  ['rotate', 9, -1, 93328, '7548ecdb'],
  ['rotate', 23, 1, 86791, '68acfc67'],
  ['rotate', 23, -1, 88839, '8f5deeaa'],
  ['brightness', 9, 1, 122683, 'ac9d7bbc'],
  ['brightness', 9, -1, 72742, 'bb457ee1'],
  ['brightness', 23, 1, 143117, '1f191256'],
  ['brightness', 23, -1, 30663, '6499e22b'],
  ['color', 9, 1, 100293, '4a77ab05'],
  ['color', 9, -1, 99479, '671fdfa4'],
  ['color', 23, 1, 100627, '5e189ecc'],
  ['color', 23, -1, 99026, '157da021'],
  ['contrast', 9, 1, 100871, '4d4dbb68'],
  ['contrast', 9, -1, 99488, 'd4f621c4'],
  ['contrast', 23, 1, 101939, '0a0a9eea'],
  ['contrast', 23, -1, 99013, 'e4e6a6d4'],
  ['sharpness', 9, 1, 100287, '39751d46'],
  ['sharpness', 9, -1, 99884, '9737802b'],
  ['sharpness', 23, 1, 101372, '559c16e1'],
  ['sharpness', 23, -1, 99446, '9c9f5c0a'],
  ['posterize', 9, 1, 99778, 'b30d3651'],
  ['posterize', 23, 1, 97264, 'ad5df43a'],
  ['solarize', 9, 1, 60977, '99a6fa53'],
  ['solarize', 23, 1, 67405, '9a320a15'],
  ['autoContrast', 9, 1, 102141, '8f7a3388'],
  ['equalize', 9, 1, 109644, '1976a0bc'],
];

describe('RandAugment operations', () => {
  it.each(torchvision)(
    '%s of magnitude %d and sign %d gives the bytes of torchvision',
    (name, magnitude, sign, sum, md5) => {
      const amount = sign * RAND_AUGMENT_OPERATIONS[name].strength(magnitude, layout);
      const x = applyRandAugment(PICTURE, layout, [[name, amount]]);
      expect(x.reduce((total, value) => total + value, 0)).toBe(sum);
      expect(createHash('md5').update(x).digest('hex').slice(0, 8)).toBe(md5);
    },
  );

  it('are all held against it', () => {
    expect(new Set(torchvision.map(([name]) => name))).toEqual(new Set(Object.keys(RAND_AUGMENT_OPERATIONS)));
  });

  it.each(Object.keys(RAND_AUGMENT_OPERATIONS) as RandAugmentOperationName[])(
    '%s does the same with the channels first, and leaves its input alone',
    name => {
      const { strength, isSigned }: RandAugmentOperation = RAND_AUGMENT_OPERATIONS[name];
      const parameters = [[name, strength(15, layout) * (isSigned ? -1 : 1)]] as const;
      const before = planes(PICTURE);
      const input = before.slice();
      const first = applyRandAugment(input, pixelLayout(FIRST, 'channelsFirst'), parameters);
      expect(first).toEqual(planes(applyRandAugment(PICTURE, layout, parameters)));
      expect(input).toEqual(before);
    },
  );
});

describe('warpNearest', () => {
  it('takes the later of two pixels that are equally near, and black from outside', () => {
    const moved = warpNearest(Uint8Array.of(1, 2, 3, 4), pixelLayout([1, 4, 1], 'channelsLast'), [1, 0, 0.5, 0, 1, 0]);
    expect(moved).toEqual(Uint8Array.of(2, 3, 4, 0));
  });
});

describe('randAugment', () => {
  it('is a function of the key, and keeps the label', () => {
    const transform = randAugment({}, LAST);
    const of = (seed: number) => transform({ x: PICTURE, y: 4 }, randomKey(seed));
    expect(of(1)).toEqual(of(1));
    expect(of(1).y).toBe(4);
    expect(new Set([1, 2, 3, 4, 5, 6].map(seed => String(of(seed).x))).size).toBeGreaterThan(3);
  });

  it('draws each operation and each sign equally often', () => {
    const operations = ['rotate', 'shearX', 'equalize'] as const;
    const draws = Array.from({ length: 3000 }, (_, seed) =>
      sampleRandAugment({ n: 2, magnitude: 10, operations }, layout, randomKey(seed)),
    ).flat();
    const near = (count: number, share: number) =>
      expect(Math.abs(count - draws.length * share)).toBeLessThan(5 * Math.sqrt(draws.length * share * (1 - share)));
    for (const name of operations) near(draws.filter(draw => draw[0] === name).length, 1 / 3);
    for (const amount of [10, -10]) near(draws.filter(draw => draw[1] === amount).length, 1 / 6);
    expect(draws.every(([name, amount]) => name !== 'equalize' || amount === 0)).toBe(true);
  });

  it('does what was drawn, one after the other', () => {
    const operations = ['translateX', 'posterize'] as const;
    const parameters = sampleRandAugment({ n: 3, magnitude: 20, operations }, layout, randomKey(5));
    expect(parameters).toHaveLength(3);
    const steps = parameters.reduce<Uint8Array>((x, step) => applyRandAugment(x, layout, [step]), PICTURE);
    expect(randAugment({ n: 3, magnitude: 20, operations }, LAST)({ x: PICTURE, y: 0 }, randomKey(5)).x).toEqual(steps);
  });

  it.each<[string, () => unknown, string]>([
    ['no operation', () => randAugment({ n: 0 }, LAST), 'n must be a whole number from 1 on, got 0'],
    ['a magnitude beyond', () => randAugment({ magnitude: 31 }, LAST), 'magnitude is 31'],
    ['an empty list', () => randAugment({ operations: [] }, LAST), 'operations is empty'],
    ['a name', () => randAugment({ operations: 'rotate' as never }, LAST), 'operations is "rotate": give a list'],
    ['two channels', () => randAugment({}, [4, 4, 2]), '2 channels, expected 1 (grey) or 3'],
    ['floats', () => randAugment({}, [1, 1, 1])({ x: Float32Array.of(1), y: 0 }, randomKey(1)), 'give a Uint8Array'],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });

  it('suggests the operation that was meant', () => {
    const make = () => randAugment({ operations: ['rotat' as 'rotate'] }, LAST);
    expect(make).toThrow(UnknownNameError);
    expect(make).toThrow("Did you mean 'rotate'?");
  });
});
