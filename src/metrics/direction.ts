export type Direction = 'min' | 'max';

/**
 * Whether a larger value of a metric is better, by the metric's name: Keras's own names in any spelling (`accuracy`, `AUC`, `mse`, …),
 * those of its losses, and the same with `val_` before or a number behind, as Keras names a second one (`auc_1`).
 * Null where the name doesn't say: a learning rate, a count, a user's own function.
 *
 * Source: `_direction` of the metrics of Keras 3.
 */
export function directionOf(name: string): Direction | null {
  const bare = name.replace(/^val_/, '').replace(/_\d+$/, '');
  if (LARGER_IS_BETTER.has(plain(bare))) return 'max';
  if (SMALLER_IS_BETTER.has(plain(bare)) || /(^|_)loss$/.test(bare)) return 'min';
  return null;
}

/** A metric at one of several outputs. */
export interface OutputMetric {
  readonly output: string;
  readonly direction: Direction;
}

/**
 * What a metric's name may mean where a model has several outputs, each with its name before those of its metrics: of `val_my_cls_auc`
 * the `auc` of an output `my_cls`.
 */
export function outputMetrics(name: string): readonly OutputMetric[] {
  const words = name.replace(/^val_/, '').split('_');
  return words.slice(1).flatMap((_, i) => {
    const direction = directionOf(words.slice(i + 1).join('_'));
    return direction === null ? [] : [{ output: words.slice(0, i + 1).join('_'), direction }];
  });
}

/** What all spellings of a name have in common. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

const LARGER_IS_BETTER: ReadonlySet<string> = new Set(
  [
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
    'confusion_matrix',
  ].map(plain),
);

const SMALLER_IS_BETTER: ReadonlySet<string> = new Set(
  [
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
    'log_cosh_error',
    'huber',
    'hinge',
    'squared_hinge',
    'categorical_hinge',
    'poisson',
    'kl_divergence',
    'kullback_leibler_divergence',
    'kld',
    'crossentropy',
    'ce',
    'bce',
    'binary_crossentropy',
    'categorical_crossentropy',
    'sparse_categorical_crossentropy',
    'binary_focal_crossentropy',
    'categorical_focal_crossentropy',
  ].map(plain),
);
