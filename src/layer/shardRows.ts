import * as tf from '@tensorflow/tfjs-core';

/** Rows of a batch that are computed by themselves. */
export interface ShardRows {
  /** The first one. */
  readonly from: number;
  readonly count: number;
  /** Rows of the batch. */
  readonly of: number;
}

let current: ShardRows | undefined;

/** What `compute` makes of these rows: what is drawn meanwhile for each row is what the whole batch would draw for it. */
export function duringShard<T>(rows: ShardRows, compute: () => T): T {
  current = rows;
  try {
    return compute();
  } finally {
    current = undefined;
  }
}

/** What `draw` draws in this shape; within a shard that shard's rows of what it draws for the batch. */
export function drawnRows(shape: readonly number[], draw: (shape: readonly number[]) => tf.Tensor): tf.Tensor {
  if (current === undefined || shape[0] !== current.count) return draw(shape);
  return rowsOf(draw([current.of, ...shape.slice(1)]), current);
}

/** `[count, ...]` of `[of, ...]`. */
export const rowsOf = (x: tf.Tensor, { from, count }: ShardRows): tf.Tensor =>
  tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [count, ...x.shape.slice(1)]);
