import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '#tfjs-gradients';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Optimizer, OptimizerOptions } from '../../../src/optimizer/optimizer.js';
import { optimizerByName } from '../../../src/optimizer/optimizerByName.js';
import { optimizerFromConfig } from '../../../src/optimizer/optimizerFromConfig.js';
import { exponentialDecay } from '../../../src/schedule/exponentialDecay.js';
import { everyOptimizer } from './everyOptimizer.js';

type Objective = (w: tf.Tensor) => tf.Tensor;

const parabola: Objective = w => tf.sum(tf.mul(tf.square(tf.sub(w, tf.tensor1d([0.5, -1]))), tf.tensor1d([1, 2])));
const rosenbrock: Objective = w => {
  const [x, y] = [tf.slice(w, 0, 1), tf.slice(w, 1, 1)];
  return tf.sum(tf.add(tf.square(tf.sub(1, x)), tf.mul(tf.square(tf.sub(y, tf.square(x))), 100)));
};

interface State {
  readonly weight: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
}

function initial({ transform }: Optimizer, start: readonly number[]): State {
  const weight = tf.tensor1d([...start]);
  const slots = transform
    .slots({ name: 'w', shape: [2] })
    .map(slot => (slot.initial === 'parameter' ? tf.clone(weight) : tf.fill([...slot.shape], slot.initial)));
  return { weight, slots };
}

function update(optimizer: Optimizer, { weight, slots }: State, gradient: tf.Tensor, iterations: number): State {
  const { learningRate } = optimizer;
  const rate = typeof learningRate === 'number' ? learningRate : learningRate(iterations);
  const next = optimizer.transform.update({
    gradients: [gradient],
    parameters: [weight],
    slots: [slots],
    names: ['w'],
    learningRate: tf.scalar(rate),
    iterations: tf.scalar(iterations),
  });
  return { weight: next.parameters[0], slots: next.slots[0] };
}

function minimize(optimizer: Optimizer, objective: Objective, start: readonly number[], steps: number): number[] {
  let state = initial(optimizer, start);
  for (let i = 0; i < steps; i++) {
    const before = state;
    state = tf.tidy(() => update(optimizer, before, tf.grad(objective)(before.weight), i) as never) as State;
    tf.dispose([before.weight, ...before.slots]);
  }
  const values = Array.from(state.weight.dataSync());
  tf.dispose([state.weight, ...state.slots]);
  return values;
}

const numbers = ({ weight, slots }: State): number[][] => [weight, ...slots].map(t => Array.from(t.dataSync()));

beforeAll(() => tf.setBackend('cpu'));

describe.each(everyOptimizer)('%s %j', (name, options, slots) => {
  const optimizer = optimizerByName(name, options);

  it('finds the minimum of a parabola', () => {
    const [x, y] = minimize(optimizer, parabola, [0, 0], 400);
    expect(Math.hypot(x - 0.5, y + 1)).toBeLessThan(0.05);
  });

  it('goes down the valley of Rosenbrock', () => {
    const cautious = optimizerByName(name, { ...options, learningRate: Number(options.learningRate) / 50 });
    const height = (w: readonly number[]): number => tf.tidy(() => rosenbrock(tf.tensor1d([...w])).dataSync()[0]);
    expect(height(minimize(cautious, rosenbrock, [-1, 1.5], 200))).toBeLessThan(height([-1, 1.5]) * 0.9);
  });

  it('has the same slots for ever, and changes nothing that it is given', () => {
    expect(optimizer.transform.slots({ name: 'w', shape: [2] }).map(slot => slot.name)).toEqual(slots);
    tf.tidy(() => {
      const state = initial(optimizer, [1, 2]);
      const before = numbers(state);
      const gradient = tf.tensor1d([0.3, -0.4]);
      const once = update(optimizer, state, gradient, 0);
      expect(numbers(state)).toEqual(before);
      expect(numbers(update(optimizer, state, gradient, 0))).toEqual(numbers(once));
      expect(once.slots.map(slot => slot.shape)).toEqual(state.slots.map(slot => slot.shape));
    });
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    minimize(optimizer, parabola, [0, 0], 3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is made again from its config', () => {
    const again = optimizerFromConfig(name, optimizer.config);
    expect(again.config).toEqual(optimizer.config);
    expect(minimize(again, parabola, [0, 0], 5)).toEqual(minimize(optimizer, parabola, [0, 0], 5));
  });
});

describe('options of all optimizers', () => {
  const halving = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 });
  const after = (options: OptimizerOptions, gradients: number[][]): number[] =>
    tf.tidy(() => {
      const optimizer = optimizerByName('sgd', { learningRate: 1, ...options });
      let state = initial(optimizer, [1, 1]);
      gradients.forEach((gradient, i) => {
        state = update(optimizer, state, tf.tensor1d(gradient), i);
      });
      return Array.from(state.weight.dataSync());
    });

  it.each<[string, OptimizerOptions, number[][], number[]]>([
    ['clips each weight by its norm', { clipnorm: 1 }, [[3, 4]], [0.4, 0.2]],
    ['leaves a gradient within the norm', { clipnorm: 10 }, [[3, 4]], [-2, -3]],
    ['clips by value', { clipvalue: 2 }, [[3, -4]], [-1, 3]],
    ['decays weights before the update', { weightDecay: 0.1 }, [[0, 0]], [0.9, 0.9]],
    ['waits for all gradients to accumulate', { gradientAccumulationSteps: 2 }, [[1, 2]], [1, 1]],
    [
      'updates by their mean',
      { gradientAccumulationSteps: 2 },
      [
        [1, 2],
        [3, 0],
      ],
      [-1, 0],
    ],
    [
      'overwrites weights by averages',
      { useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 },
      [
        [1, 1],
        [2, 2],
      ],
      [-1, -1],
    ],
    [
      "knows Keras 2's decay",
      { decay: 1 },
      [
        [0, 0],
        [1, 1],
      ],
      [0.5, 0.5],
    ],
  ])('%s', (_, options, gradients, expected) => {
    for (const [i, value] of after(options, gradients).entries()) expect(value).toBeCloseTo(expected[i], 5);
  });

  it.each<[OptimizerOptions, RegExp]>([
    [{ clipnorm: 0 }, /clipnorm of sgd is 0.*above 0/],
    [{ clipnorm: 1, clipvalue: 1 }, /one of clipnorm/],
    [{ lr: 0.5 } as OptimizerOptions, /option of sgd 'lr'.*learningRate/],
    [{ nestrov: true } as OptimizerOptions, /option of sgd 'nestrov'.*Did you mean 'nesterov'/],
    [{ learningRate: '0.1' as never }, /learningRate of sgd is "0.1"/],
    [{ learningRate: Number.NaN }, /learningRate of sgd is NaN/],
    [{ learningRate: ((i: number) => 1 / i) as never }, /plain function: make a schedule of it/],
    [{ learningRate: halving, decay: 0.1 }, /sgd got both decay and a schedule/],
  ])('refuses %j', (options, message) => {
    expect(() => optimizerByName('sgd', options)).toThrow(message);
  });

  it("takes a schedule beside Keras 2's decay where that is 0", () => {
    expect(optimizerByName('sgd', { learningRate: halving, decay: 0 }).learningRate).toBe(halving);
  });

  it('takes undefined for what is not given', () => {
    for (const [name] of everyOptimizer) {
      const given: object = { weightDecay: undefined, learningRate: undefined };
      expect(optimizerByName(name, given).config).toEqual(optimizerByName(name).config);
    }
  });

  it('leaves out what is in a config of Keras alone', () => {
    const parameters = { name: 'sgd', momentum: 0.5, loss_scale_factor: null, decay: 0.1 };
    const { config } = optimizerFromConfig('SGD', parameters);
    expect(config).toMatchObject({ momentum: 0.5, decay: 0.1 });
    expect(config).not.toHaveProperty('loss_scale_factor');
  });

  it('reads a schedule in either spelling', () => {
    const parameters = { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5 };
    for (const learning_rate of [
      { class_name: 'ExponentialDecay', config: { ...parameters, name: 'ExponentialDecay' } },
      { class: 'ExponentialDecay', parameters },
    ]) {
      const { learningRate } = optimizerFromConfig('SGD', { learning_rate });
      expect((learningRate as (step: number) => number)(10)).toBeCloseTo(0.05, 8);
    }
    expect(() => optimizerFromConfig('SGD', { learning_rate: 'fast' })).toThrow(/"fast".*number or a schedule/);
  });

  it('tests every optimizer that has a file', async () => {
    const files = await readdir(fileURLToPath(new URL('../../../src/optimizer', import.meta.url)));
    const machinery = (
      'buildOptimizer clip ema fusedKernel gradient gradientAccumulation gradientTransformation optimizer optimizerByName ' +
      'optimizerFromConfig perParameter resolveOptimizer scheduleFromConfig weightDecay'
    ).split(' ');
    // AdamW has Adam's file.
    const tested = new Set(everyOptimizer.map(([name]) => (name === 'adamw' ? 'adam' : name)));
    expect(files.map(file => file.replace('.ts', '')).sort()).toEqual([...tested, ...machinery].sort());
  });
});

const adamLike = { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 };
it.each([
  ['SGD', { learning_rate: 0.01, momentum: 0, nesterov: false }],
  ['RMSprop', { rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false }],
  ['Adam', { ...adamLike, amsgrad: false }],
  ['AdamW', { ...adamLike, amsgrad: false, weight_decay: 0.004 }],
  ['Adadelta', { rho: 0.95, epsilon: 1e-7 }],
  ['Adagrad', { initial_accumulator_value: 0.1, epsilon: 1e-7 }],
  ['Adamax', adamLike],
  ['Nadam', adamLike],
  ['Lion', { beta_1: 0.9, beta_2: 0.99 }],
] as const)('%s begins with the parameters of Keras 3.15.1', (name, own) => {
  expect(optimizerByName(name).config).toEqual({
    learning_rate: 0.001,
    weight_decay: null,
    clipnorm: null,
    global_clipnorm: null,
    clipvalue: null,
    use_ema: false,
    ema_momentum: 0.99,
    ema_overwrite_frequency: null,
    gradient_accumulation_steps: null,
    ...own,
  });
});

/**
 * Of Keras 3.15.1, for the rows of `everyOptimizer`: what [1, 2] becomes by the gradients [0.3, −0.4], [1, 2], [−0.5, 0.6].
 */
const afterThree = [
  [0.92000002, 1.78],
  [0.95574003, 1.9336799],
  [0.944166, 1.8963119],
  [0.95226043, 1.9911717],
  [0.95337582, 2.0001104],
  [0.88699001, 1.9888779],
  [0.88699001, 1.9888779],
  [0.89411461, 1.9996386],
  [0.89411461, 1.9996386],
  [0.89283359, 2.0172403],
  [0.88699001, 1.9888779],
  [0.90000117, 1.900001],
  [0.88641924, 1.9876643],
  [0.90470368, 2.0092504],
  [0.91527629, 1.98536],
  [0.40586066, 1.768158],
  [0.95765495, 1.9729177],
  [0.99000001, 1.99],
];

it.each(everyOptimizer.map(([name, options], row) => [name, options, afterThree[row]] as const))(
  '%s %j makes of a weight what Keras does',
  (name, options, expected) => {
    const optimizer = optimizerByName(name, options);
    tf.tidy(() => {
      let state = initial(optimizer, [1, 2]);
      [
        [0.3, -0.4],
        [1, 2],
        [-0.5, 0.6],
      ].forEach((gradient, i) => {
        state = update(optimizer, state, tf.tensor1d(gradient), i);
      });
      Array.from(state.weight.dataSync()).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    });
  },
);
