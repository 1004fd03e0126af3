import type { Optimizer } from '../../optimizer/optimizer.js';
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

/** An optimizer as model files describe it. */
export function optimizerConfigOf({ name, config }: Optimizer): OptimizerConfig {
  const parameters = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  return { className: CLASS_NAMES[name] ?? name, parameters };
}
