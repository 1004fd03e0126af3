import { describe, expect, it } from 'vitest';
import { keras3Optimizer, readTrainingConfig } from '../../../../src/saving/keras/trainingConfig.js';

describe('readTrainingConfig', () => {
  const sgd = { class_name: 'SGD', config: { name: 'sgd', lr: 0.1, momentum: 0.9, clipnorm: null } };

  it.each([
    ['optimizer_config', { optimizer_config: sgd }],
    ['optimizer', { optimizer: sgd }],
    [
      'what scales the loss for mixed_float16',
      { optimizer: { class_name: 'LossScaleOptimizer', config: { inner_optimizer: sgd, dynamic_growth_steps: 2000 } } },
    ],
  ])('finds the optimizer in %s, without names and what is not set', (_, config) => {
    expect(readTrainingConfig({ loss: 'mse', ...config })).toEqual({
      optimizer: { className: 'SGD', parameters: { learning_rate: 0.1, momentum: 0.9 } },
      loss: 'mse',
      metrics: null,
    });
  });

  it('reads a schedule as the rate', () => {
    const schedule = (config: object) => ({
      class_name: 'CosineDecay',
      config: { initial_learning_rate: 0.1, ...config },
    });
    const adam = { class_name: 'Adam', config: { learning_rate: schedule({ name: 'c', warmup_target: null }) } };
    const found = readTrainingConfig({ optimizer: adam });
    expect(found?.optimizer?.parameters).toEqual({ learning_rate: schedule({}) });
    expect(found?.loss).toBeNull();
  });

  it('takes an optimizer of which the file has but a name, as Keras compiles without a config, for none', () => {
    expect(readTrainingConfig({ optimizer: 'adam', loss: 'mse' })?.optimizer).toBeNull();
  });

  it('has metrics, weighted ones and weights of the loss where they are there', () => {
    const given = { loss: 'mse', metrics: ['mae'], loss_weights: [1, 2], weighted_metrics: ['mse'] };
    expect(readTrainingConfig(given)).toEqual({
      optimizer: null,
      loss: 'mse',
      metrics: ['mae'],
      lossWeights: [1, 2],
      weightedMetrics: ['mse'],
    });
  });

  it.each([{}, { metrics: ['mae'] }, null, 'x'])('is null where nothing is compiled: %j', config => {
    expect(readTrainingConfig(config)).toBeNull();
  });
});

describe('keras3Optimizer', () => {
  it('leaves a rate without decay as it is', () => {
    for (const decay of [{}, { decay: 0 }]) {
      expect(keras3Optimizer({ className: 'SGD', parameters: { learning_rate: 0.5, ...decay } })).toEqual({
        className: 'SGD',
        parameters: { learning_rate: 0.5 },
      });
    }
  });
});
