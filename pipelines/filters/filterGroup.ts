import type { AscentStep, DroppedPicture } from '../../operators/gradientAscent.js';
import type { FilterEnd } from '../../src/filters/filterEvent.js';
import { finishedPicture } from '../../src/filters/finishedPicture.js';
import type { Picture } from '../../src/filters/picture.js';
import { joinPictures, type Pictures } from '../../src/filters/pictures.js';

/** What becomes of one filter; see {@link FilterEnd}. */
export type FilterOutcome = Pick<FilterEnd, 'filter' | 'loss' | 'picture' | 'dropped'> & { readonly steps: number };

/** Filters that climb together, and what is known of them. */
export class FilterGroup {
  private filters: number[] = [];
  private readonly losses = new Map<number, number>();
  private readonly steps = new Map<number, number>();
  private readonly dropped = new Map<number, NonNullable<FilterEnd['dropped']>>();
  private climbed: Pictures[] = [];

  /** How many pictures have ended the scale. */
  get climbers(): number {
    return this.climbed.reduce((sum, { filters }) => sum + filters.length, 0);
  }

  /** Further filters begin. */
  add(filters: readonly number[]): void {
    this.filters.push(...filters);
  }

  note({ filters, losses, dropped, step }: AscentStep, scale: number): void {
    for (const [i, filter] of filters.entries()) {
      this.losses.set(filter, losses[i]);
      this.steps.set(filter, (this.steps.get(filter) ?? 0) + 1);
    }
    for (const one of dropped) this.dropped.set(one.filter, { scale, step, reason: reasonOf(one) });
  }

  /** Pictures at the end of a scale. */
  put(pictures: Pictures): void {
    if (pictures.filters.length > 0) this.climbed.push(pictures);
  }

  /** All that were put since the last time, for the next scale; null where there are none. */
  take(): Pictures | null {
    const taken = this.climbed;
    this.climbed = [];
    return taken.length === 0 ? null : joinPictures(taken);
  }

  /** What became of the filters that have dropped since the last time. */
  takeDropped(): FilterOutcome[] {
    const found = this.filters.filter(filter => this.dropped.has(filter)).map(filter => this.outcome(filter, null));
    this.filters = this.filters.filter(filter => !this.dropped.has(filter));
    return found;
  }

  /** What became of the others, whose pictures were put last. */
  takeFinished(): FilterOutcome[] {
    const pictures = this.take();
    if (pictures === null) return [];
    this.filters = [];
    return pictures.filters.map((filter, i) => this.outcome(filter, finishedPicture(pictures, i)));
  }

  private outcome(filter: number, picture: Picture | null): FilterOutcome {
    const [loss, steps] = [this.losses.get(filter) ?? Number.NaN, this.steps.get(filter) ?? 0];
    return { filter, loss, steps, picture, dropped: this.dropped.get(filter) ?? null };
  }
}

const reasonOf = ({ loss, reason }: DroppedPicture): string =>
  reason === 'zero' ? 'it does not respond to its picture' : `its loss became ${loss}`;
