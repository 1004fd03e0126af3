import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import type { Spelling } from '../text/spelling.js';
import type { Loss } from './loss.js';
import { type LogitFormula, type LossName, lossFamilies } from './lossFamilies.js';
import { type LossOptions, REDUCTIONS } from './lossOptions.js';
import { perExample } from './perExample.js';

const KNOWN = Object.keys(lossFamilies) as LossName[];
const ALIASES: ReadonlyMap<string, LossName> = new Map([
  ['mse', 'mean_squared_error'],
  ['mae', 'mean_absolute_error'],
  ['mape', 'mean_absolute_percentage_error'],
  ['msle', 'mean_squared_logarithmic_error'],
  ['logcosh', 'log_cosh'],
  ['logcosherror', 'log_cosh'],
  ['bce', 'binary_crossentropy'],
  ['kullbackleiblerdivergence', 'kl_divergence'],
  ['kld', 'kl_divergence'],
]);

/** Keras's name in snake case, from any spelling: `MeanSquaredError`, `meanSquaredError`, `mse`. */
export function lossName(given: string): LossName | undefined {
  const key = given.replaceAll('_', '').toLowerCase();
  return ALIASES.get(key) ?? KNOWN.find(name => name.replaceAll('_', '') === key);
}

/** @throws UnknownNameError */
export function lossByName(given: Spelling<LossName>, options: LossOptions = {}): Loss {
  const name = lossName(given);
  if (name === undefined) throw new UnknownNameError('loss', given, KNOWN);
  const { fromLogits = false, labelSmoothing = 0, reduction = 'sum_over_batch_size' } = options;
  if (!REDUCTIONS.includes(reduction))
    throw new UnknownNameError(`reduction of ${name}`, String(reduction), REDUCTIONS);
  const { value, logits, counts, smooth, labels, ofBatch = false, hasOneValue, config } = lossFamilies[name](options);
  const reduces = hasOneValue !== true && (reduction === 'sum' || reduction === 'mean_with_sample_weight');
  if (reduces && hasOneValue === false) {
    throw new InvalidArgumentError(
      `The loss ${name} with 'axis' has no reduction '${reduction}'; leave one of them away.`,
    );
  }
  const prepared =
    (formula: LogitFormula) =>
    (y: tf.Tensor, p: tf.Tensor, behind: tf.Tensor = p): tf.Tensor1D => {
      const given = tf.cast(y, 'float32');
      if (labelSmoothing === 0 || smooth === undefined) return perExample(formula(given, p, behind), p);
      const towards = labelSmoothing * smooth(p.shape[p.shape.length - 1]);
      return perExample(formula(tf.add(tf.mul(given, 1 - labelSmoothing), towards), p, behind), p);
    };
  return {
    name,
    config: {
      ...(logits === undefined ? {} : { from_logits: fromLogits }),
      ...(smooth === undefined ? {} : { label_smoothing: labelSmoothing }),
      ...config,
      ...(reduces && { reduction }),
    },
    ...(reduces && { reduction }),
    ...(labels === undefined ? {} : { labels }),
    perStep: !ofBatch,
    perSample: prepared(fromLogits && logits !== undefined ? logits : value),
    ...(logits && { fromLogits: prepared(logits) }),
    ...(counts && { counts: (y: tf.Tensor, p: tf.Tensor) => counts(tf.cast(y, 'float32'), p) }),
  };
}
