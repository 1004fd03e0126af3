import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import { absolute } from './absolute.js';
import { customGradient, type Forward } from './customGradient.js';
import { innerLayers } from './innerLayers.js';

/** tfjs's L1L2, the only regularizer class that it has. */
interface L1L2 {
  readonly l1: number;
  readonly l2: number;
  apply(weight: tf.Tensor): tf.Scalar;
}

/**
 * Sum of the regularizers of a model's trainable weights, each weight counted once however often its layer is used; null where
 * there are none. L2 penalties of one factor are one sum of squares: tfjs's own way takes six operations a weight.
 */
export function weightPenalty(model: layers.Layer): tf.Scalar | null {
  const regularized: Regularized = { squares: new Map(), others: [] };
  for (const { layer, trainable } of innerLayers(model)) if (trainable) collect(layer, regularized);
  const penalties = [
    ...regularized.others,
    ...[...regularized.squares].map(([factor, weights]) => tf.mul(total(weights.map(sumOfSquares)), factor)),
  ];
  return penalties.length === 0 ? null : total(penalties);
}

interface Regularized {
  /** Weights by their L2 factor. */
  readonly squares: Map<number, tf.Tensor[]>;
  readonly others: tf.Tensor[];
}

/** A layer keeps closures that apply its regularizers: for the length of this call, an L1L2 notes its weight down. */
function collect(layer: layers.Layer, { squares, others }: Regularized): void {
  const { _losses: losses = [] } = layer as unknown as { readonly _losses?: readonly (() => tf.Scalar)[] };
  if (losses.length === 0) return;
  const noted = tf.scalar(0);
  const frozen = new Set(layer.weights.flatMap(one => (one.trainable ? [] : [one.read()])));
  const regularizers = new Set(Object.entries(layer).flatMap(([key, value]) => (isL1L2(key, value) ? [value] : [])));
  for (const regularizer of regularizers) {
    const { l1, l2 } = regularizer;
    regularizer.apply = weight => {
      if (frozen.has(weight)) return noted;
      // Not abs: its gradient in tfjs is −1 at 0, where Keras has 0.
      if (l1 !== 0) others.push(tf.mul(tf.sum(absolute(weight)), l1));
      if (l2 !== 0) squares.set(l2, [...(squares.get(l2) ?? []), weight]);
      return noted;
    };
  }
  try {
    for (const loss of losses) {
      const penalty = loss();
      if (penalty !== noted) others.push(tf.reshape(penalty, []));
    }
  } finally {
    // The method is the prototype's.
    for (const regularizer of regularizers) Reflect.deleteProperty(regularizer, 'apply');
  }
}

const isL1L2 = (key: string, value: unknown): value is L1L2 =>
  key.endsWith('Regularizer') &&
  typeof value === 'object' &&
  value !== null &&
  (value.constructor as { className?: string }).className === 'L1L2';

const total = (penalties: readonly tf.Tensor[]): tf.Scalar =>
  (penalties.length === 1 ? penalties[0] : tf.addN([...penalties])) as tf.Scalar;

const L2_LOSS = [typeAttribute('T', DataType.float32)];

function sumOfSquares(weight: tf.Tensor): tf.Tensor {
  const backend = currentNative()?.backend;
  if (backend === undefined) return tf.sum(tf.square(weight));
  const halfOfSquares = (input: tf.Tensor): Forward => ({
    value: backend.executeSingleOutput('L2Loss', L2_LOSS, [input]),
    saved: [input],
    gradients: (dy, [saved]) => [tf.mul(saved, dy)],
  });
  return tf.mul(customGradient(halfOfSquares, [weight]), 2);
}
