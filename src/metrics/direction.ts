export type Direction = 'min' | 'max';

/**
 * Whether a larger value of a metric is better, by the metric's name: Keras's own names (`accuracy`, `auc`, `mse`, …),
 * those of its losses, and the same with `val_` before or a number behind, as Keras names a second one (`auc_1`).
 * Null where the name doesn't say: a learning rate, a count, a user's own function.
 *
 * Source: `_direction` of the metrics of Keras 3.
 */
export function directionOf(name: string): Direction | null {
  const plain = name.replace(/^val_/, '').replace(/_\d+$/, '');
  if (LARGER_IS_BETTER.has(plain)) return 'max';
  if (SMALLER_IS_BETTER.has(plain) || /(^|_)loss$/.test(plain)) return 'min';
  return null;
}

const LARGER_IS_BETTER: ReadonlySet<string> = new Set([
  'acc',
  'accuracy',
  'binary_accuracy',
  'categorical_accuracy',
  'sparse_categorical_accuracy',
  'top_k_categorical_accuracy',
  'sparse_top_k_categorical_accuracy',
  'auc',
  'precision',
  'recall',
  'precision_at_recall',
  'recall_at_precision',
  'sensitivity_at_specificity',
  'specificity_at_sensitivity',
  'true_positives',
  'true_negatives',
  'f1_score',
  'fbeta_score',
  'io_u',
  'binary_io_u',
  'mean_io_u',
  'one_hot_io_u',
  'one_hot_mean_io_u',
  'cosine_similarity',
  'r2_score',
  'pearson_correlation',
  'concordance_correlation',
]);

const SMALLER_IS_BETTER: ReadonlySet<string> = new Set([
  'false_positives',
  'false_negatives',
  'mse',
  'mae',
  'mape',
  'msle',
  'rmse',
  'mean_squared_error',
  'mean_absolute_error',
  'mean_absolute_percentage_error',
  'mean_squared_logarithmic_error',
  'root_mean_squared_error',
  'log_cosh',
  'logcosh',
  'huber',
  'hinge',
  'squared_hinge',
  'categorical_hinge',
  'poisson',
  'kl_divergence',
  'binary_crossentropy',
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'binary_focal_crossentropy',
  'categorical_focal_crossentropy',
]);
