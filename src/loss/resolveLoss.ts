import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Spelling } from '../text/spelling.js';
import type { Loss } from './loss.js';
import { lossByName } from './lossByName.js';
import type { LossName } from './lossFamilies.js';
import { perExample } from './perExample.js';

export type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
/** A loss, its Keras name, or a user's function: per example, or a scalar for the batch. */
export type LossLike = Loss | Spelling<LossName> | LossFunction;

/** @throws UnknownNameError; at a step, InvalidArgumentError where a user's function gives no loss of the batch */
export function resolveLoss(loss: LossLike): Loss {
  if (typeof loss === 'string') return lossByName(loss);
  if (typeof loss !== 'function') return loss;
  const name = loss.name || 'custom_loss';
  const perSample = (y: tf.Tensor, p: tf.Tensor): tf.Tensor1D => perExample(checked(name, loss(y, p), p), p);
  return { name, config: {}, perSample };
}

function checked(name: string, values: unknown, { shape: [batch] }: tf.Tensor): tf.Tensor {
  const isTensor = values instanceof tf.Tensor;
  if (isTensor && (values.rank === 0 || values.shape[0] === batch)) return values;
  const given = isTensor ? `a tensor of shape [${values.shape}]` : `no tensor but ${String(values)}`;
  throw new InvalidArgumentError(
    `The loss function '${name}' gave ${given} for a batch of ${batch}. Return a tensor of shape [${batch}], one loss ` +
      'an example, or a scalar, computed from yPred with TensorFlow.js operations.',
  );
}
