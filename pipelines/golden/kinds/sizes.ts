import { type ScaleOptions, scaleSizes } from '../../../src/filters/scaleSizes.js';
import { compareEqual } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Expect {
  readonly start: number;
  readonly ascent_sizes: readonly number[];
  readonly resize_to: readonly number[];
}

/** Kind `sizes`: sizes of the scales. */
export const sizes: Runner = ({ given, expect }) => {
  const { ascent, resizeTo } = scaleSizes(given as ScaleOptions);
  const { start, ascent_sizes, resize_to } = expect as Expect;
  return [
    compareEqual('start', ascent[0], start),
    compareEqual('ascent_sizes', ascent, ascent_sizes),
    compareEqual('resize_to', resizeTo, resize_to),
  ];
};
