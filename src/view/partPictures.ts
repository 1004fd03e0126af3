import type { TrainEvent } from '../event/trainEvent.js';
import type { AscentEvent, FilterEnd } from '../filters/filterEvent.js';
import type { NamedPicture } from './keptPictures.js';

/** An event, and apart from it the pictures that one of `filterPictures` has. */
export interface Parted {
  readonly event: TrainEvent;
  readonly finished: NamedPicture | null;
  /** Null where the event has none, and says nothing about those before. */
  readonly previews: readonly NamedPicture[] | null;
}

export function partPictures(event: TrainEvent): Parted {
  if ('picture' in event) {
    const { picture, ...plain } = event as FilterEnd;
    const name = `filter ${plain.filter} · loss ${Number(plain.loss.toPrecision(4))}`;
    return { event: plain, finished: picture && { name, picture }, previews: null };
  }
  if ('previews' in event) {
    const { previews = [], ...plain } = event as AscentEvent;
    const named = previews.map((picture, i) => ({
      name: `filter ${plain.filters[i]} · ${plain.pixels} pixels`,
      picture,
    }));
    return { event: plain, finished: null, previews: named };
  }
  return { event, finished: null, previews: null };
}
