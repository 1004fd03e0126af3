import { GradstreamError } from './gradstreamError.js';

/** The loss of a step became NaN or infinite. Epoch and step count from 0. */
export class NonFiniteLossError extends GradstreamError {
  constructor(
    readonly epoch: number,
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      `The loss is ${loss} at step ${step} of epoch ${epoch} (both counted from 0): try a lower learning rate or 'clipnorm', ` +
        'or look for values that are not finite in the data. terminateOnNonFinite() ends a run quietly instead.',
    );
  }
}
