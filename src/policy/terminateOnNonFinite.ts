import { checkOptions } from '../error/checkOptions.js';
import { NonFiniteLossError } from '../error/nonFiniteLossError.js';
import type { Policy } from './policy.js';

export interface TerminateOnNonFiniteOptions {
  /** Fail instead of stopping cleanly: nothing more is saved or restored. Default: false. */
  readonly raiseError?: boolean;
  /** Default: `terminateOnNonFinite`. */
  readonly key?: string;
}

/**
 * Stops the run at the first step after which the epoch's loss is NaN or infinite: no validation and no `epochEnd` follow, which
 * Keras still has. Max pooling passes NaN over on every backend: before one it may leave the loss finite.
 *
 * @throws UnknownNameError for an option that there isn't; NonFiniteLossError in a run, with `raiseError`
 *
 * Source: `TerminateOnNaN` of Keras 3.
 */
export function terminateOnNonFinite(options: TerminateOnNonFiniteOptions = {}): Policy<null> {
  checkOptions('terminateOnNonFinite', options, { raiseError: true, key: true });
  const { raiseError = false, key = 'terminateOnNonFinite' } = options;
  return {
    key,
    init: () => null,
    update(state, event) {
      if (event.type !== 'step') return [state, []];
      const { epoch, step, logs } = event;
      if (logs.loss === undefined || Number.isFinite(logs.loss)) return [state, []];
      if (raiseError) throw new NonFiniteLossError(epoch, step, logs.loss);
      return [state, [{ type: 'stop', by: key, reason: 'non-finite loss' }]];
    },
  };
}
