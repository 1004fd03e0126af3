import type { Optimizer } from '../../optimizer/optimizer.js';
import type { OptimizerConfig } from './trainingConfig.js';

/** Keras's class names of our optimizers. */
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

/** An optimizer as a Keras file describes it. */
export function optimizerConfig({ name, config }: Optimizer): OptimizerConfig {
  return {
    className: CLASS_NAMES[name] ?? name,
    parameters: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null)),
  };
}
