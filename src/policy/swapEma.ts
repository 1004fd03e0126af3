import { checkOptions } from '../error/checkOptions.js';
import type { Policy } from './policy.js';

export interface SwapEmaOptions {
  /**
   * At an epoch's end, also save the averages in place of the weights, and remember them: what `restoreBestWeights` puts back is then
   * what was validated. Default: false.
   */
  readonly swapOnEpoch?: boolean;
  /** Default: `swapEma`. */
  readonly key?: string;
}

/**
 * Validates with the exponential moving averages of the weights, for an optimizer that keeps them (`useEma`). Nothing
 * is swapped in place: the driver is asked once, at the run's start, which weights to look at.
 *
 * @throws UnknownNameError for an option that there isn't
 *
 * Source: `SwapEMAWeights` of Keras 3.
 */
export function swapEma(options: SwapEmaOptions = {}): Policy<null> {
  checkOptions('swapEma', options, { swapOnEpoch: true, key: true });
  const { swapOnEpoch = false, key = 'swapEma' } = options;
  return {
    key,
    init: () => null,
    update: (state, event) => [
      state,
      event.type === 'runStart' ? [{ type: 'useAverages', by: key, checkpoints: swapOnEpoch }] : [],
    ],
  };
}
