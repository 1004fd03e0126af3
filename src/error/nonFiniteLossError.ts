import { GradstreamError } from './gradstreamError.js';

/** The loss of a step became NaN or infinite. Epoch and step count from 0. */
export class NonFiniteLossError extends GradstreamError {
  constructor(
    readonly epoch: number,
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      `The loss is ${loss} at step ${step} of epoch ${epoch}: try a lower learning rate, or look for values that are ` +
        'not finite in the data.',
    );
  }
}
