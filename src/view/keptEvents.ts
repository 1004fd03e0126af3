import type { TrainEvent } from '../event/trainEvent.js';
import { Thinned } from './thinned.js';

interface Numbered {
  readonly number: number;
  readonly event: TrainEvent;
}

/** What somebody who comes late to a run is told of it: its events, of each type a bounded number. */
export class KeptEvents {
  private count = 0;
  private readonly byType = new Map<TrainEvent['type'], Thinned<Numbered>>();

  /** @param limit how many of a type, beside the last one */
  constructor(private readonly limit: number) {}

  /** A run that starts makes what was before forgotten. */
  add(event: TrainEvent): void {
    if (event.type === 'runStart') this.byType.clear();
    let kept = this.byType.get(event.type);
    if (kept === undefined) {
      kept = new Thinned(this.limit);
      this.byType.set(event.type, kept);
    }
    kept.add({ number: this.count++, event });
  }

  /** In the order in which they came. */
  events(): TrainEvent[] {
    return [...this.byType.values()]
      .flatMap(kept => kept.items())
      .sort((a, b) => a.number - b.number)
      .map(({ event }) => event);
  }
}
