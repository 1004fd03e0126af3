import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { savedLoss } from '../../../src/loss/savedLoss.js';

describe('savedLoss', () => {
  it.each<[string, unknown, string, object]>([
    ['a name', 'mse', 'mean_squared_error', {}],
    [
      'an object',
      { class_name: 'CategoricalCrossentropy', config: { name: 'c', from_logits: true, label_smoothing: 0.1 } },
      'categorical_crossentropy',
      { from_logits: true, label_smoothing: 0.1 },
    ],
    ['an object without a configuration', { class_name: 'MeanSquaredError' }, 'mean_squared_error', {}],
    ['a function', { class_name: 'function', config: 'huber' }, 'huber', {}],
    ['a list of one', ['mae'], 'mean_absolute_error', {}],
    ['a record of one', { out: 'mae' }, 'mean_absolute_error', {}],
  ])('reads %s', (_, saved, name, config) => {
    const loss = savedLoss(saved);
    expect(loss.name).toBe(name);
    expect(loss.config).toMatchObject(config);
  });

  it.each([null, undefined, 3, [], ['mse', 'mae']])('refuses %j', saved => {
    expect(() => savedLoss(saved)).toThrow(/a learner takes one loss/);
  });

  it.each([0.25, [0.25], { out: 0.25 }])('has the weight that %j gives it', weights => {
    expect(savedLoss('mse', weights).weight).toBe(0.25);
  });

  it.each([[[]], [[1, 2]], ['x'], [{ out: null }]])('refuses %j for a weight', weights => {
    expect(() => savedLoss('mse', weights)).toThrow(/the one loss of a learner takes one number/);
  });

  it('refuses what is not known', () => {
    expect(() => savedLoss({ class_name: 'Wobble', config: {} })).toThrow(/Wobble/);
    expect(() => savedLoss({ class_name: 'MeanSquaredError', config: { reduction: 'none' } })).toThrow(/reduction/);
  });
});
