import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import type { Loss } from '../loss/loss.js';
import { lossByName, lossName } from '../loss/lossByName.js';
import type { LossName } from '../loss/lossFamilies.js';
import { cosine, meanSquaredError } from '../loss/lossFunctions.js';
import type { LossOptions } from '../loss/lossOptions.js';
import type { Spelling } from '../text/spelling.js';
import { binaryAccuracy, categoricalAccuracy, topKCategoricalAccuracy } from './accuracy.js';
import { auc } from './auc.js';
import { falseNegatives, falsePositives, precision, recall, trueNegatives, truePositives } from './confusionCounts.js';
import { confusionMatrix } from './confusionMatrix.js';
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './constrainedScores.js';
import { concordanceCorrelation, pearsonCorrelation } from './correlation.js';
import { f1Score, fBetaScore } from './fBetaScore.js';
import { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from './intersectionOverUnion.js';
import { denseLabels } from './labelForms.js';
import { lossMetric } from './lossMetric.js';
import { meanMetric } from './meanMetric.js';
import type { Metric } from './metric.js';
import { r2Score } from './r2Score.js';

/** What the meaning of some names depends on. */
export interface MetricContext {
  readonly loss: Loss;
  /** Of the model, without the batch dimension. */
  readonly outputShape: readonly number[];
}

/** Options by Keras's names in camelCase; which there are depends on the metric. */
export interface MetricOptions {
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** Keras's names of its metrics; `accuracy` and `crossentropy` are those of the model's output and loss. */
export type MetricName =
  | 'accuracy'
  | 'crossentropy'
  | 'binary_accuracy'
  | 'categorical_accuracy'
  | 'sparse_categorical_accuracy'
  | 'top_k_categorical_accuracy'
  | 'sparse_top_k_categorical_accuracy'
  | 'precision'
  | 'recall'
  | 'true_positives'
  | 'false_positives'
  | 'false_negatives'
  | 'true_negatives'
  | 'auc'
  | 'sensitivity_at_specificity'
  | 'specificity_at_sensitivity'
  | 'precision_at_recall'
  | 'recall_at_precision'
  | 'io_u'
  | 'mean_io_u'
  | 'one_hot_io_u'
  | 'one_hot_mean_io_u'
  | 'binary_io_u'
  | 'pearson_correlation'
  | 'concordance_correlation'
  | 'f1_score'
  | 'fbeta_score'
  | 'r2_score'
  | 'confusion_matrix'
  | 'cosine_similarity'
  | 'root_mean_squared_error'
  | 'mean_squared_error'
  | 'mean_absolute_error'
  | 'mean_absolute_percentage_error'
  | 'mean_squared_logarithmic_error'
  | 'log_cosh'
  | 'huber'
  | 'poisson'
  | 'kl_divergence'
  | 'hinge'
  | 'squared_hinge'
  | 'categorical_hinge'
  | 'binary_crossentropy'
  | 'categorical_crossentropy'
  | 'sparse_categorical_crossentropy'
  | 'binary_focal_crossentropy'
  | 'categorical_focal_crossentropy';

/** Of metrics that are no losses. */
type OwnName = Exclude<MetricName, (typeof LOSSES)[number] | 'accuracy' | 'crossentropy'>;

/** All that a metric may ask for: its options with a name, and the number of the model's outputs. */
type Given = MetricOptions & { readonly name: string; readonly classes: number };

const METRICS: Readonly<Record<OwnName, (given: Given) => Metric>> = {
  binary_accuracy: binaryAccuracy,
  categorical_accuracy: categoricalAccuracy,
  sparse_categorical_accuracy: categoricalAccuracy,
  top_k_categorical_accuracy: topKCategoricalAccuracy,
  sparse_top_k_categorical_accuracy: topKCategoricalAccuracy,
  precision,
  recall,
  true_positives: truePositives,
  false_positives: falsePositives,
  false_negatives: falseNegatives,
  true_negatives: trueNegatives,
  auc: given => auc({ ...given, numLabels: (given.numLabels ?? given.classes) as number }),
  sensitivity_at_specificity: required(sensitivityAtSpecificity, 'specificity'),
  specificity_at_sensitivity: required(specificityAtSensitivity, 'sensitivity'),
  precision_at_recall: required(precisionAtRecall, 'recall'),
  recall_at_precision: required(recallAtPrecision, 'precision'),
  io_u: required(iou, 'numClasses', 'targetClassIds'),
  mean_io_u: required(meanIoU, 'numClasses'),
  one_hot_io_u: required(oneHotIoU, 'numClasses', 'targetClassIds'),
  one_hot_mean_io_u: required(oneHotMeanIoU, 'numClasses'),
  binary_io_u: binaryIoU,
  pearson_correlation: pearsonCorrelation,
  concordance_correlation: concordanceCorrelation,
  f1_score: f1Score,
  fbeta_score: fBetaScore,
  r2_score: r2Score,
  confusion_matrix: confusionMatrix,
  cosine_similarity: ({ name }) => meanMetric(name, 'max', (y, p) => cosine(denseLabels(y, p), p)),
  root_mean_squared_error: ({ name }) => {
    const squared = meanMetric(name, 'min', (y, p) => meanSquaredError(denseLabels(y, p), p));
    // Keras's takes no notice of masks.
    return { ...squared, perStep: false, result: sums => Math.sqrt(squared.result(sums)) };
  },
};

/** A metric with options that have no default. */
function required<Options>(make: (options: Options) => Metric, ...names: (keyof Options & string)[]) {
  return (given: Given): Metric => {
    const missing = names.filter(name => given[name] == null);
    if (missing.length > 0) throw new InvalidArgumentError(`The metric ${given.name} needs ${missing.join(' and ')}.`);
    return make(given as Options);
  };
}

/** Losses that are metrics too; each counts from labels of either form. */
const LOSSES = [
  'mean_squared_error',
  'mean_absolute_error',
  'mean_absolute_percentage_error',
  'mean_squared_logarithmic_error',
  'log_cosh',
  'huber',
  'poisson',
  'kl_divergence',
  'hinge',
  'squared_hinge',
  'categorical_hinge',
  'binary_crossentropy',
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'binary_focal_crossentropy',
  'categorical_focal_crossentropy',
] as const satisfies readonly (LossName & MetricName)[];

const OWN = Object.keys(METRICS) as OwnName[];
const KNOWN: readonly string[] = ['accuracy', 'crossentropy', ...OWN, ...LOSSES];

/**
 * A metric by Keras's name in any spelling: `AUC`, `auc`, `top_k_categorical_accuracy`, `TopKCategoricalAccuracy`, `mse`.
 * `accuracy` and `crossentropy` are those of the model's output and loss, as when Keras compiles a model.
 * Without option `name` the metric has Keras's snake-case name.
 *
 * @throws UnknownNameError
 */
export function metricByName(given: Spelling<MetricName>, options: MetricOptions, context: MetricContext): Metric {
  const key = plain(given);
  const name = SHORT[key] ? `${kindOf(context)}${SHORT[key]}` : (spelled(key) ?? lossName(given));
  if (name === undefined || !KNOWN.includes(name)) throw new UnknownNameError('metric', given, KNOWN);
  const classes = context.outputShape.at(-1) as number;
  const own = OWN.find(known => known === name);
  if (own !== undefined) return METRICS[own]({ ...options, name: options.name ?? name, classes });
  const loss = lossByName(name.replace('sparse_', ''), options as LossOptions);
  const { ignoreClass = null } = options as LossOptions;
  return lossMetric(
    options.name ?? STANDARD_NAMES[name] ?? name,
    loss,
    name.startsWith('sparse_') ? ignoreClass : null,
  );
}

/** Where Keras calls a metric otherwise than its loss. */
const STANDARD_NAMES: Readonly<Record<string, string>> = { log_cosh: 'logcosh' };

/** Names whose meaning depends on the model. */
const SHORT: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  acc: 'accuracy',
  crossentropy: 'crossentropy',
  ce: 'crossentropy',
};

function kindOf({ loss, outputShape }: MetricContext): string {
  if (outputShape.at(-1) === 1) return 'binary_';
  return loss.name.startsWith('sparse_') ? 'sparse_categorical_' : 'categorical_';
}

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

const spelled = (key: string): string | undefined =>
  key === 'rmse' ? 'root_mean_squared_error' : OWN.find(name => plain(name) === key);
