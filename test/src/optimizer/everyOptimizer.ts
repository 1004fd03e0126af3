import type { OptimizerOptions } from '../../../src/optimizer/optimizer.js';

/** Every optimizer, in each of its forms; the rates are those with which it finds the minimum of a parabola. */
export const everyOptimizer: readonly [
  name: string,
  options: OptimizerOptions & Record<string, unknown>,
  slots: string[],
][] = [
  ['sgd', { learningRate: 0.1 }, []],
  ['sgd', { learningRate: 0.02, momentum: 0.9 }, ['momentum']],
  ['sgd', { learningRate: 0.02, momentum: 0.9, nesterov: true }, ['momentum']],
  ['rmsprop', { learningRate: 0.01 }, ['velocity']],
  ['rmsprop', { learningRate: 0.005, momentum: 0.5, centered: true }, ['velocity', 'momentum', 'average_gradient']],
  ['adam', { learningRate: 0.05 }, ['momentum', 'velocity']],
  ['adam', { learningRate: 0.05, amsgrad: true }, ['momentum', 'velocity', 'velocity_hat']],
  ['adam', { learningRate: 0.05, clipnorm: 1 }, ['momentum', 'velocity']],
  ['adam', { learningRate: 0.05, globalClipnorm: 1 }, ['momentum', 'velocity']],
  ['adam', { learningRate: 0.05, clipvalue: 0.5 }, ['momentum', 'velocity']],
  ['adam', { learningRate: 0.05, useEma: true }, ['momentum', 'velocity', 'average']],
  ['adam', { learningRate: 0.1, gradientAccumulationSteps: 2 }, ['momentum', 'velocity', 'gradient_accumulator']],
  ['adamw', { learningRate: 0.05 }, ['momentum', 'velocity']],
  ['adamax', { learningRate: 0.05 }, ['momentum', 'norm']],
  ['nadam', { learningRate: 0.05 }, ['momentum', 'velocity', 'u_product']],
  ['adagrad', { learningRate: 0.5 }, ['accumulator']],
  ['adadelta', { learningRate: 20 }, ['accumulated_grad', 'accumulated_delta_var']],
  ['lion', { learningRate: 0.01 }, ['momentum']],
];
