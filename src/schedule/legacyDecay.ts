import { checkNotNegative } from './check.js';
import { type Schedule, schedule } from './schedule.js';

export interface LegacyDecayOptions {
  readonly learningRate: number;
  readonly decay: number;
}

/**
 * `learningRate / (1 + decay · step)`: the `decay` argument that the optimizers of Keras 2 had, as in
 * `RMSprop(lr=1e-4, decay=1e-6)`.
 *
 * Source: `optimizers.py` of Keras 2.3.
 */
export function legacyDecay({ learningRate, decay }: LegacyDecayOptions): Schedule {
  checkNotNegative('legacyDecay', { learningRate, decay });
  return schedule(step => learningRate / (1 + decay * step), { name: 'legacyDecay', learningRate, decay });
}
