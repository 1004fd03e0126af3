import { GradstreamError } from '../error/gradstreamError.js';

/** The loss became NaN or infinite. The model has the weights of the last epoch's end (or the run's beginning). */
export class NonFiniteLossError extends GradstreamError {
  constructor(
    readonly epoch: number,
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      `The loss is ${loss} at step ${step} of epoch ${epoch} (both counted from 0). The weights were put back to those of the epoch's beginning. ` +
        `Try a lower learning rate, 'clipnorm', or look for NaN in the data; terminateOnNonFinite() ends a run quietly instead.`,
    );
  }
}
