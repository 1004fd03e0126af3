import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import { GradstreamError } from '../error/gradstreamError.js';
import type { Loss } from '../loss/loss.js';

/** Labels that a model's output can't be compared with. */
export class LabelMismatchError extends GradstreamError {}

/** How labels are brought into the form that loss and metrics want. */
export type LabelForm = 'oneHot' | 'classNumbers' | 'column' | 'values';

/** Without the batch dimension; null where a length is open. */
export type OutputShape = readonly (number | null)[];

/**
 * Chooses the form for labels of shape `[…labelShape]` (without the batch dimension) before an output `[…outputShape]`.
 * Class numbers are one-hot encoded where the loss compares distributions, as the classic Keras examples do by hand.
 *
 * @throws LabelMismatchError naming both shapes.
 */
export function labelForm(
  loss: Loss,
  labelShape: readonly number[],
  outputShape: OutputShape,
  source: string,
): LabelForm {
  if (loss.labels === 'classNumbers') {
    const places = outputShape.slice(0, -1);
    const areNumbers = fitsShape(labelShape, places) || fitsShape(labelShape, [...places, 1]);
    if (areNumbers && outputShape.at(-1) !== 1) return 'classNumbers';
    const expected = `class numbers of shape [${shapeText(places)}] and an output with one value a class`;
    throw mismatch(loss, labelShape, outputShape, source, expected);
  }
  if (fitsShape(labelShape, outputShape)) return 'values';
  if (labelShape.length === 0 && outputShape.length === 1) return outputShape[0] === 1 ? 'column' : 'oneHot';
  throw mismatch(
    loss,
    labelShape,
    outputShape,
    source,
    `labels of shape [${shapeText(outputShape)}], or class numbers`,
  );
}

/** Which class numbers there are. */
export interface Classes {
  /** How many; null where that is open. */
  readonly count: number | null;
  /** A number besides that stands for no class. */
  readonly ignored: number | null;
}

/**
 * TensorFlow's one-hot encoding makes zeros of a number that stands for no class, which would train nothing and look like it did.
 *
 * @throws LabelMismatchError naming the first such row
 */
export function checkClassNumbers(y: HostArray, { count, ignored }: Classes, source: string): void {
  if (count === null) return;
  const { data, shape } = y;
  // A callback for each would cost milliseconds a step where each pixel has a label.
  let wrong = 0;
  while (wrong < data.length) {
    const label = data[wrong];
    if (!(label >= 0 && label < count && Number.isInteger(label)) && label !== ignored) break;
    wrong++;
  }
  if (wrong === data.length) return;
  const row = Math.floor(wrong / (data.length / shape[0]));
  throw new LabelMismatchError(
    `Row ${row} of '${source}' has the label ${data[wrong]}, but the model's output has ${count} classes, counted from 0 to ` +
      `${count - 1}. Count the labels so, or give the model's last layer as many units as there are classes.`,
  );
}

/** Labels `[batch, …]` as float32 in the given form; class numbers stay int32, one for each place of the output. */
export function formLabels(y: tf.Tensor, form: LabelForm, outputShape: OutputShape): tf.Tensor {
  switch (form) {
    case 'oneHot':
      return tf.oneHot(tf.cast(y, 'int32') as tf.Tensor1D, outputShape[0] as number, 1, 0, 'float32');
    case 'classNumbers':
      return tf.cast(tf.reshape(y, y.shape.slice(0, outputShape.length)), 'int32');
    case 'column':
      return tf.reshape(tf.cast(y, 'float32'), [y.shape[0], 1]);
    case 'values':
      return tf.cast(y, 'float32');
  }
}

const mismatch = (
  loss: Loss,
  labelShape: readonly number[],
  outputShape: OutputShape,
  source: string,
  expected: string,
): LabelMismatchError =>
  new LabelMismatchError(
    `The labels of '${source}' have shape [${labelShape}] a row and the model's output [${shapeText(outputShape)}]; ` +
      `${loss.name} expects ${expected}. Change the model's last layer, the labels (those of pictures in folders by 'classMode') or the loss.`,
  );

export const fitsShape = (shape: readonly number[], wanted: OutputShape): boolean =>
  shape.length === wanted.length && shape.every((dim, i) => wanted[i] === null || dim === wanted[i]);

export const shapeText = (shape: OutputShape): string => shape.map(dim => dim ?? 'any').join();
