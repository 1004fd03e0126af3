import { describe, expect, it } from 'vitest';
import { directionOf } from '../../../src/metrics/direction.js';

describe('directionOf', () => {
  it.each([
    'accuracy',
    'val_acc',
    'val_accuracy',
    'sparse_categorical_accuracy',
    'auc',
    'auc_1',
    'val_precision',
    'f1_score',
  ])('says that more of %s is better', name => {
    expect(directionOf(name)).toBe('max');
  });

  it.each([
    'loss',
    'val_loss',
    'output_loss',
    'mse',
    'val_mean_absolute_error',
    'categorical_crossentropy',
    'false_positives',
  ])('says that less of %s is better', name => {
    expect(directionOf(name)).toBe('min');
  });

  it.each(['learning_rate', 'my_metric', 'accuracyish', 'toString', ''])('does not guess about %j', name => {
    expect(directionOf(name)).toBeNull();
  });
});
