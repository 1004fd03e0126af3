import type { TrainEvent } from './trainEvent.js';

/**
 * Tells which events belong to the unbroken run. A resumed run begins with some that an unbroken one doesn't have: its own
 * `runStart`, and warnings until it goes on. Without them its events are exactly those that were still missing.
 */
export class UnbrokenEvents {
  private resuming = false;

  /** To be asked about every event, in order. */
  includes(event: TrainEvent): boolean {
    if (event.type === 'runStart') this.resuming = event.resumedFrom !== null;
    else if (event.type !== 'warning') this.resuming = false;
    return !this.resuming;
  }
}
