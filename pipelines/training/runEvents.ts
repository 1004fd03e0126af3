import type { Subscriber } from 'rxjs';
import type { Directive } from '../../src/event/directive.js';
import type { RunStart, TrainEvent } from '../../src/event/trainEvent.js';
import { UnbrokenEvents } from '../../src/event/unbrokenEvents.js';
import type { LearnerWarning } from '../../src/learner/learner.js';
import type { Controllers } from './controllers.js';

/** Where the events of one run go: to its observers, then to its controllers. */
export class RunEvents {
  private readonly unbroken = new UnbrokenEvents();

  /** `counted`: events so far. */
  constructor(
    private readonly subscriber: Subscriber<TrainEvent>,
    private readonly controllers: Controllers,
    private counted: number,
  ) {}

  /** Events so far, as an unbroken run counts them. */
  get count(): number {
    return this.counted;
  }

  /** Emits an event, and gives what the controllers ask then. */
  show(event: TrainEvent): readonly Directive[] {
    this.emit(event);
    return this.controllers.next(event);
  }

  /** Emits the start of a resumed run, and gives what controllers ask that are new in it. */
  resume(start: RunStart): readonly Directive[] {
    this.emit(start);
    return this.controllers.resume(start);
  }

  /** Emits an event that is no barrier. */
  tell(event: TrainEvent): void {
    this.show(event);
  }

  warn({ code, message }: LearnerWarning): void {
    this.tell({ type: 'warning', time: Date.now(), code, message });
  }

  private emit(event: TrainEvent): void {
    if (this.unbroken.includes(event)) this.counted++;
    this.subscriber.next(Object.freeze(event));
  }
}
