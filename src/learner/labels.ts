import * as tf from '@tensorflow/tfjs-core';
import { GradstreamError } from '../error/gradstreamError.js';
import type { Loss } from '../loss/loss.js';

/** Labels that a model's output can't be compared with. */
export class LabelMismatchError extends GradstreamError {}

/** How labels are brought into the form that loss and metrics want. */
export type LabelForm = 'oneHot' | 'classNumbers' | 'column' | 'values';

/**
 * Chooses the form for labels of shape `[…labelShape]` (without the batch dimension) before an output `[…outputShape]`.
 * Class numbers are one-hot encoded where the loss compares distributions, as the classic Keras examples do by hand.
 *
 * @throws LabelMismatchError naming both shapes.
 */
export function labelForm(
  loss: Loss,
  labelShape: readonly number[],
  outputShape: readonly number[],
  source: string,
): LabelForm {
  if (loss.labels === 'classNumbers') {
    const places = outputShape.slice(0, -1);
    const areNumbers = sameShape(labelShape, places) || sameShape(labelShape, [...places, 1]);
    if (areNumbers && outputShape.at(-1) !== 1) return 'classNumbers';
    const expected = `class numbers of shape [${places}] and an output with one value a class`;
    throw mismatch(loss, labelShape, outputShape, source, expected);
  }
  if (sameShape(labelShape, outputShape)) return 'values';
  if (labelShape.length === 0 && outputShape.length === 1) return outputShape[0] === 1 ? 'column' : 'oneHot';
  throw mismatch(loss, labelShape, outputShape, source, `labels of shape [${outputShape}], or class numbers`);
}

/** Labels `[batch, …]` as float32 in the given form; class numbers stay int32, one for each place of the output. */
export function formLabels(y: tf.Tensor, form: LabelForm, outputShape: readonly number[]): tf.Tensor {
  switch (form) {
    case 'oneHot':
      return tf.oneHot(tf.cast(y, 'int32') as tf.Tensor1D, outputShape[0]) as tf.Tensor;
    case 'classNumbers':
      return tf.cast(tf.reshape(y, [y.shape[0], ...outputShape.slice(0, -1)]), 'int32');
    case 'column':
      return tf.reshape(tf.cast(y, 'float32'), [y.shape[0], 1]);
    case 'values':
      return tf.cast(y, 'float32');
  }
}

const mismatch = (
  loss: Loss,
  labelShape: readonly number[],
  outputShape: readonly number[],
  source: string,
  expected: string,
): LabelMismatchError =>
  new LabelMismatchError(
    `The labels of '${source}' have shape [${labelShape}] a row and the model's output [${outputShape}]; ` +
      `${loss.name} expects ${expected}. Change the model's last layer, the labels or the loss.`,
  );

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);
