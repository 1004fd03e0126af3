import * as tf from '@tensorflow/tfjs-core';

/** Gives the rows of a table with the given numbers, `[count]`, int32: `[count, columns]`. */
export type TakeRows = (table: tf.Tensor, indices: tf.Tensor1D) => tf.Tensor;

const gather: TakeRows = (table, indices) => tf.gather(table, indices);

let takeRows = gather;

/** Rows of a layer's table by numbers of any shape: `[…shape, columns]`. */
export function lookUp(table: tf.Tensor, numbers: tf.Tensor): tf.Tensor {
  const indices = tf.reshape(tf.cast(numbers, 'int32'), [-1]) as tf.Tensor1D;
  return tf.reshape(takeRows(table, indices), [...numbers.shape, table.shape[1] as number]);
}

/** Runs `fn`, with `take` in place of plain gathering for all that layers look up in it. */
export function withLookups<T>(take: TakeRows, fn: () => T): T {
  const outer = takeRows;
  takeRows = take;
  try {
    return fn();
  } finally {
    takeRows = outer;
  }
}
