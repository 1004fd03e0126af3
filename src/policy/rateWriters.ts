import type { ScaleLearningRate, SetLearningRate } from '../event/directive.js';

/** Keys of the controllers that have written the learning rate; plain data, for the checkpoint. */
export type RateWriters = {
  readonly setters: readonly string[];
  readonly scalers: readonly string[];
};

export const NO_RATE_WRITERS: RateWriters = { setters: [], scalers: [] };

export function noteWriter(writers: RateWriters, { type, by }: SetLearningRate | ScaleLearningRate): RateWriters {
  const role = type === 'setLearningRate' ? 'setters' : 'scalers';
  return writers[role].includes(by) ? writers : { ...writers, [role]: [...writers[role], by] };
}

/**
 * Whether one writer undoes another: `setLearningRate` silences every scale, and another's `setLearningRate`. Any number
 * of scales go together.
 */
export function writersCollide({ setters, scalers }: RateWriters): boolean {
  return setters.length > 0 && new Set([...setters, ...scalers]).size > 1;
}
