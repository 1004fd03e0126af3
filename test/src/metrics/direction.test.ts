import { describe, expect, it } from 'vitest';
import { lossByName } from '../../../src/loss/lossByName.js';
import { directionOf } from '../../../src/metrics/direction.js';
import { type MetricOptions, metricByName } from '../../../src/metrics/metricByName.js';

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

  it.each<[string, MetricOptions?]>([
    ['AUC'],
    ['Precision'],
    ['topKCategoricalAccuracy'],
    ['R2Score'],
    ['MeanIoU', { numClasses: 2 }],
    ['MSE'],
    ['RMSE'],
    ['bce'],
    ['kld'],
    ['KullbackLeiblerDivergence'],
    ['LogCoshError'],
    ['Huber'],
    ['crossentropy'],
    ['ce'],
    ['confusion_matrix'],
  ])('says the same of %s as the metric that is made of the name', (name, options = {}) => {
    const { direction } = metricByName(name, options, { loss: lossByName('mse'), outputShape: [2] });
    expect(directionOf(name)).toBe(direction);
    expect(directionOf(`val_${name}`)).toBe(direction);
  });

  it.each(['learning_rate', 'my_metric', 'accuracyish', 'toString', ''])('does not guess about %j', name => {
    expect(directionOf(name)).toBeNull();
  });
});
