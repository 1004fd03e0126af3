import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { EPSILON } from '../loss/lossFunctions.js';
import { denseLabels } from './labelForms.js';
import { type MetricFunction, meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';

export interface CorrelationOptions {
  readonly name?: string;
  /** Only the last one, -1, is known here: a mean over batches can't see along the first. */
  readonly axis?: number;
}

/** Pearson's coefficient of each example's labels and predictions, along the last axis. Source: `correlation_metrics.py` of Keras 3. */
export const pearsonCorrelation = ({ name = 'pearson_correlation', axis }: CorrelationOptions = {}): Metric =>
  correlation(name, axis, (y, p) => {
    const [labels, predictions] = [y, p].map(values => tf.div(centred(values), tf.sqrt(variance(values))));
    return tf.mean(tf.mul(labels, predictions), -1);
  });

/** Lin's coefficient of concordance of each example's labels and predictions, along the last axis. Source: as above. */
export const concordanceCorrelation = ({ name = 'concordance_correlation', axis }: CorrelationOptions = {}): Metric =>
  correlation(name, axis, (y, p) => {
    const apart = tf.squaredDifference(tf.mean(y, -1, true), tf.mean(p, -1, true));
    const spread = tf.add(tf.add(variance(y), variance(p)), apart);
    return tf.mean(tf.div(tf.mul(tf.mul(centred(y), centred(p)), 2), tf.add(spread, EPSILON)), -1);
  });

function correlation(name: string, axis: number | undefined, values: MetricFunction): Metric {
  if (axis !== undefined && axis !== -1) {
    throw new InvalidArgumentError(`axis of ${name} is ${axis}; only the last one, -1, is known here.`);
  }
  return meanMetric(name, 'max', (y, p) => values(denseLabels(y, p), p));
}

const centred = (values: tf.Tensor): tf.Tensor => tf.sub(values, tf.mean(values, -1, true));
const variance = (values: tf.Tensor): tf.Tensor => tf.mean(tf.square(centred(values)), -1, true);
