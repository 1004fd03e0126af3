import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from '../loss/lossFunctions.js';
import { denseLabels } from './labelForms.js';
import { type MetricFunction, meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';

interface NameOption {
  readonly name?: string;
}

/** Pearson's coefficient of each example's labels and predictions, along the last axis. Source: `correlation_metrics.py` of Keras 3. */
export const pearsonCorrelation = ({ name = 'pearson_correlation' }: NameOption = {}): Metric =>
  correlation(name, (y, p) => {
    const [labels, predictions] = [y, p].map(values => tf.div(centred(values), tf.sqrt(variance(values))));
    return tf.mean(tf.mul(labels, predictions), -1);
  });

/** Lin's coefficient of concordance of each example's labels and predictions, along the last axis. Source: as above. */
export const concordanceCorrelation = ({ name = 'concordance_correlation' }: NameOption = {}): Metric =>
  correlation(name, (y, p) => {
    const apart = tf.squaredDifference(tf.mean(y, -1, true), tf.mean(p, -1, true));
    const spread = tf.add(tf.add(variance(y), variance(p)), apart);
    return tf.mean(tf.div(tf.mul(tf.mul(centred(y), centred(p)), 2), tf.add(spread, EPSILON)), -1);
  });

const correlation = (name: string, values: MetricFunction): Metric =>
  meanMetric(name, 'max', (y, p) => values(denseLabels(y, p), p));

const centred = (values: tf.Tensor): tf.Tensor => tf.sub(values, tf.mean(values, -1, true));
const variance = (values: tf.Tensor): tf.Tensor => tf.mean(tf.square(centred(values)), -1, true);
