import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../pipelines/golden/comparison.js';
import { sampling } from '../../../pipelines/golden/kinds/sampling.js';
import type { Runner } from '../../../pipelines/golden/runner.js';

/** Why a case fails: nothing where it passes. */
async function problems(runner: Runner, given: unknown, expected: unknown, tolerance = {}): Promise<string[]> {
  const comparisons: readonly Comparison[] = await runner({
    name: 'a/b',
    directory: '.',
    kind: 'any',
    title: '',
    given,
    expect: expected,
    tolerance: { abs: 0, rel: 0, ...tolerance },
  });
  return comparisons.flatMap(({ what, problem }) => (problem === null ? [] : [`${what}: ${problem}`]));
}

describe('kind sampling', () => {
  const widths = { edge: 0.005, mean: 0.015, std: 0.015, share: 0.025, correlation: 0.04 };
  const given = { options: { zoom_range: [0.8, 0.8] }, image_shape: [4, 4, 1], draws: 20_000 };
  const always = (value: number) => ({
    parameters: { zx: { mean: value, std: 1.11e-16, values: [{ value, share: 1 }] } },
    correlations: [],
  });

  it('compares a single value draw by draw, without the rounding of a sum', async () => {
    expect(await problems(sampling, given, always(0.8), widths)).toEqual([]);
    expect(await problems(sampling, given, always(0.8000000000001), widths)).toEqual([
      'zx always: got 0.8, expected 0.8000000000001',
    ]);
  });
});
