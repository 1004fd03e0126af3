import * as tf from '@tensorflow/tfjs-core';
import type { AttentionMasks } from './attentionMasks.js';

/** Which steps of a value a step of the query may see at all. */
export interface Band {
  /** Steps of the query and of the value. */
  readonly steps: readonly [number, number];
  /** None after its own. */
  readonly causal: boolean;
  /** None that is so far away, or further. */
  readonly window?: number | null;
}

/** Which steps of the value a step of the query sees, to go with scores `[batch, heads, steps, steps]`; null where each sees all. */
export function seenSteps({ query, value, key }: AttentionMasks, band: Band): tf.Tensor | null {
  const [rows, columns] = band.steps;
  const parts = [
    ...(query === null ? [] : [tf.reshape(query, [-1, 1, rows, 1])]),
    ...[value, key].flatMap(mask => (mask === null ? [] : [tf.reshape(mask, [-1, 1, 1, columns])])),
    ...bandOf(band),
  ];
  return parts.length === 0 ? null : parts.reduce((a, b) => tf.logicalAnd(a, b));
}

function bandOf({ steps: [rows, columns], causal, window = null }: Band): tf.Tensor[] {
  if (!causal && window === null) return [];
  const sees = (step: number, other: number): boolean =>
    (!causal || other <= step) && (window === null || Math.abs(step - other) < window);
  const band = Uint8Array.from({ length: rows * columns }, (_, i) =>
    Number(sees(Math.floor(i / columns), i % columns)),
  );
  return [tf.tensor(band, [1, 1, rows, columns], 'bool')];
}
