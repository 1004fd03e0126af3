import { GradstreamError } from './gradstreamError.js';

/** A checkpoint is of another run than the one that is to go on. */
export class ResumeMismatchError extends GradstreamError {
  constructor(
    /** One sentence each: what it was and what it is now. */
    readonly differences: readonly string[],
  ) {
    super(
      `The checkpoint is of another run:\n  ${differences.join('\n  ')}\n` +
        'Give the same options and the same data as before (only the number of epochs may grow), or begin a new run elsewhere.',
    );
  }
}
