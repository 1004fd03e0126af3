import { describe, expect, it } from 'vitest';
import { type GradientAscentOptions, gradientAscent } from '../../operators/gradientAscent.js';
import type { Ascender } from '../../src/filters/ascender.js';

const wrong: readonly [string, Partial<GradientAscentOptions>, string][] = [
  ['no step', { steps: 0 }, 'steps must be a whole number from 1 on, got 0'],
  ['a step without a size', { stepSize: Number.NaN }, 'stepSize must be a finite number, got NaN'],
  [
    'a shift by parts of pixels',
    { jitter: { pixels: 0.5, seed: 1 } },
    'pixels must be a whole number from 0 on, got 0.5',
  ],
  ['a limit that is no number', { epsilon: Number.NaN }, 'gradientAscent: epsilon is NaN: give a number'],
  ['a seed below 0', { jitter: { pixels: 1, seed: -1 } }, 'seed must be a whole number from 0 on, got -1'],
];

describe('gradientAscent', () => {
  it.each(wrong)('takes %s for a mistake', (_, options, message) => {
    expect(() => gradientAscent({} as Ascender, { steps: 1, ...options })).toThrow(message);
  });
});
