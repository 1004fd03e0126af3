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

/**
 * What `draw` draws in this shape; within a shard that shard's part of what it draws for the batch. The first axis may hold several
 * places for each row, one row's after the other's.
 */
export function drawnRows(shape: readonly number[], draw: (shape: readonly number[]) => tf.Tensor): tf.Tensor {
  if (current === undefined) return draw(shape);
  const { from, count, of } = current;
  const places = (shape[0] as number) / count;
  const drawn = draw([of * places, ...shape.slice(1)]);
  return rowsOf(drawn, { from: from * places, count: count * places, of: of * places });
}

/** `[count, ...]` of `[of, ...]`. */
export const rowsOf = (x: tf.Tensor, { from, count }: ShardRows): tf.Tensor =>
  tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [count, ...x.shape.slice(1)]);
