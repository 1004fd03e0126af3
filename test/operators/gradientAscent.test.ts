import { lastValueFrom, of } from 'rxjs';
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

  it.each([
    [0, 0, ['zero']],
    [0.5, 0.5, ['zero']],
    [0.51, 0.5, []],
    [Number.NaN, Number.NEGATIVE_INFINITY, ['not finite']],
  ])('tells what becomes of a picture of loss %d where epsilon is %d', async (loss, epsilon, reasons) => {
    const step: Ascender['step'] = async pictures => ({ losses: [loss], pictures });
    const ascent = gradientAscent({ batch: 1, step, dispose: async () => {} }, { steps: 1, epsilon });
    const start = of({ filters: [4], size: 1, channels: 1, values: new Float32Array(1) });
    const { dropped } = await lastValueFrom(start.pipe(ascent));
    expect(dropped.map(({ reason }) => reason)).toEqual(reasons);
  });

  it('shifts by each number of pixels up to the bound, either way, and back', async () => {
    const dot = new Float32Array(25);
    dot[12] = 1;
    const seen = new Set<string>();
    const ascender: Ascender = {
      batch: 1,
      step: async pictures => {
        const at = pictures.values.indexOf(1);
        seen.add(`${Math.floor(at / 5) - 2} ${(at % 5) - 2}`);
        return { losses: [1], pictures };
      },
      dispose: async () => {},
    };
    const start = of({ filters: [0], size: 5, channels: 1, values: dot });
    const ascent = gradientAscent(ascender, { steps: 100, jitter: { pixels: 1, seed: 7 } });
    const { pictures } = await lastValueFrom(start.pipe(ascent));
    const shifts = [-1, 0, 1];
    expect(seen).toEqual(new Set(shifts.flatMap(down => shifts.map(right => `${down} ${right}`))));
    expect(pictures.values).toEqual(dot);
  });
});
