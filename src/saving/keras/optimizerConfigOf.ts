import type { Optimizer } from '../../optimizer/optimizer.js';
import type { Schedule } from '../../schedule/schedule.js';
import { snakeCase } from '../snakeCase.js';
import type { KerasObject } from './kerasConfig.js';
import type { OptimizerConfig } from './trainingConfig.js';

/** Keras's class names, by ours. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  sgd: 'SGD',
  rmsprop: 'RMSprop',
  adam: 'Adam',
  adamw: 'AdamW',
  adamax: 'Adamax',
  nadam: 'Nadam',
  adagrad: 'Adagrad',
  adadelta: 'Adadelta',
  lion: 'Lion',
};

/** Keras's classes of schedules, by our functions, which take the same parameters. */
const SCHEDULES: Readonly<Record<string, string>> = {
  cosineDecay: 'CosineDecay',
  cosineDecayRestarts: 'CosineDecayRestarts',
  exponentialDecay: 'ExponentialDecay',
  inverseTimeDecay: 'InverseTimeDecay',
  piecewiseConstant: 'PiecewiseConstantDecay',
  polynomialDecay: 'PolynomialDecay',
};

/**
 * An optimizer as model files describe it. A schedule that Keras doesn't have is written as its rate.
 *
 * @param iterations updates so far, which say what rate that is
 */
export function optimizerConfigOf({ name, config, learningRate }: Optimizer, iterations = 0): OptimizerConfig {
  const parameters = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  // With a legacy decay the rate is the number before it.
  if (typeof learningRate !== 'number' && typeof config.learning_rate !== 'number') {
    parameters.learning_rate = scheduleConfig(learningRate, iterations) as never;
  }
  return { className: CLASS_NAMES[name] ?? name, parameters };
}

function scheduleConfig(rate: Schedule, iterations: number): KerasObject | number {
  const { name, ...options } = rate.config;
  const className = SCHEDULES[name];
  if (className === undefined) return rate(iterations);
  const given = Object.entries(options).filter(([, value]) => value !== null);
  return { class_name: className, config: Object.fromEntries(given.map(([key, value]) => [snakeCase(key), value])) };
}
