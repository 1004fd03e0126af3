import type { Comparison } from './comparison.js';
import type { GoldenCase } from './goldenCase.js';

/**
 * Runs the cases of one kind: does what `given` says and compares each result with `expect`. What it throws or rejects
 * with becomes the reason of that case's FAIL.
 */
export type Runner = (golden: GoldenCase) => Promise<readonly Comparison[]> | readonly Comparison[];
