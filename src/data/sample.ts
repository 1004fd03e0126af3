import type { Example, Source } from './source.js';

/**
 * A reference to one example on its way into a batch. Pixels travel along only where the source is a true stream
 * or has to be read row by row.
 */
export interface Sample {
  readonly source: Source;
  /** The run's seed: everything random about the sample is a function of it, the epoch and the row. */
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Place in the epoch's order, counted from 0. */
  readonly position: number;
  /** Row of the source; equals `position` for a true stream. */
  readonly row: number;
  readonly example?: Example;
}
