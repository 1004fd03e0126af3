import { inspect } from 'node:util';
import type * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { directionOf } from '../metrics/direction.js';
import type { LearnerMetric } from './learner.js';
import { meanOfBatches, meanStatistics } from './statistics.js';

/** A metric of steps of one's own, and what becomes of that which a step returns for it. */
export interface CustomMetric {
  readonly metric: LearnerMetric;
  /**
   * Statistics of a batch, `[metric.size]`.
   *
   * @param step what it is called
   * @throws InvalidArgumentError where it returned something of another shape
   */
  statistics(returned: tf.Tensor, step: string, examples: number): tf.Tensor1D;
}

/**
 * By its name, a mean over examples, whose value a step returns; else one whose statistics it returns.
 *
 * @param place of it among those given
 * @throws InvalidArgumentError where it is neither
 */
export function customMetric(metric: string | LearnerMetric, place: number): CustomMetric {
  requireMetric(metric, place);
  if (typeof metric !== 'string') {
    const { name, size } = metric;
    return { metric, statistics: (returned, step) => statisticsOf(returned, step, name, size) };
  }
  return {
    metric: meanOfBatches(metric, directionOf(metric)),
    statistics: (returned, step, examples) => meanStatistics(scalarOf(returned, step, metric), examples),
  };
}

/** From JavaScript it may be a function that makes one, not called. */
function requireMetric(given: string | LearnerMetric | undefined, place: number): void {
  const isMetric = typeof given === 'object' && typeof given?.result === 'function' && Number.isInteger(given.size);
  if (given !== '' && (typeof given === 'string' || isMetric)) return;
  throw new InvalidArgumentError(
    `createCustomLearner: number ${place} of 'metrics' is ${inspect(given, { depth: 0 })}; it has to be the name of a mean that the steps ` +
      'return, or a metric, such as auc() makes one.',
  );
}

export function scalarOf(returned: tf.Tensor, step: string, name: string): tf.Scalar {
  if (returned.rank === 0) return returned as tf.Scalar;
  throw new InvalidArgumentError(
    `${step} returned '${name}' of shape [${returned.shape}]; it has to be a scalar, such as the mean over the batch's examples.`,
  );
}

function statisticsOf(returned: tf.Tensor, step: string, name: string, size: number): tf.Tensor1D {
  if (returned.rank === 1 && returned.shape[0] === size) return returned as tf.Tensor1D;
  throw new InvalidArgumentError(
    `${step} returned '${name}' of shape [${returned.shape}]; of this metric the statistics are wanted, [${size}], as its ` +
      "'statistics' makes them.",
  );
}
