import type { EpochEnd, StepEvent, TrainEvent } from '../event/trainEvent.js';
import type { Picture } from './picture.js';

/**
 * What making filter pictures tells its observers: training's events, so that training's observers (progress, CSV,
 * dashboards) serve here, too. An epoch is one filter, or the whole batch of them while they are climbing together.
 */
export type FilterEvent = Exclude<TrainEvent, StepEvent | EpochEnd> | AscentEvent | FilterEnd;

/** One step of gradient ascent has ended; `logs` has the mean `loss`, `scale` and `size`. */
export interface AscentEvent extends StepEvent {
  readonly scale: number;
  /** Rows and columns of the pictures. */
  readonly pixels: number;
  readonly filters: readonly number[];
  /** One for each of the filters, from before the step. */
  readonly losses: readonly number[];
  /** Where previews were asked for: what the pictures look like. */
  readonly previews?: readonly Picture[];
}

/** A filter is finished; `logs` has `filter`, `loss`, `kept` (0 or 1) and `seconds`. */
export interface FilterEnd extends EpochEnd {
  readonly filter: number;
  readonly loss: number;
  /** In the channel order of the network's input; null where the filter was dropped. */
  readonly picture: Picture | null;
  readonly dropped: { readonly scale: number; readonly step: number; readonly reason: string } | null;
}
