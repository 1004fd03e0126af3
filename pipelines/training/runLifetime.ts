import { from, type ObservableInput, type OperatorFunction, Subject, type Subscription } from 'rxjs';
import type { Sample } from '../../src/data/sample.js';
import { consume } from '../consume.js';

type CleanUp = () => void | Promise<void>;

/** Whether one run goes on, what has ended it, and what is to be freed then. */
export class RunLifetime {
  private readonly halted = new Subject<void>();
  private readonly cleanUps: CleanUp[] = [];
  private signal: Subscription | undefined;
  private isAborted = false;
  private isFinished = false;
  private firstFailure: { readonly error: unknown } | undefined;
  private firstReason: string | undefined;

  /** `ahead`: items that are prepared while one is worked on. */
  constructor(private readonly ahead = 2) {}

  /** Unsubscribed: no further step, and nothing more is told. */
  get aborted(): boolean {
    return this.isAborted;
  }

  /** The first error. */
  get failure(): { readonly error: unknown } | undefined {
    return this.firstFailure;
  }

  /** The first reason that was given to stop. */
  get stopReason(): string | undefined {
    return this.firstReason;
  }

  /** Aborted or failed: other than a run that is stopped, it has no end that is told. */
  get isCutShort(): boolean {
    return this.isAborted || this.firstFailure !== undefined;
  }

  /** Nothing is left but to free what it has. */
  get isOver(): boolean {
    return this.isFinished || this.isCutShort;
  }

  get goesOn(): boolean {
    return this.firstReason === undefined && !this.isCutShort;
  }

  /** What runs is waited for before anything is freed. */
  abort(): void {
    this.isAborted = true;
    this.halted.next();
  }

  fail(error: unknown): void {
    this.firstFailure ??= { error };
    this.halted.next();
  }

  stop(reason: string): void {
    this.firstReason ??= reason;
    this.halted.next();
  }

  /** Its end is told. */
  finish(): void {
    this.isFinished = true;
  }

  /** Stops at the first reason that the signal emits. */
  stopOn(signal: ObservableInput<string>): void {
    this.signal = from(signal).subscribe({ next: reason => this.stop(reason), error: error => this.fail(error) });
  }

  /** Nothing from outside stops it or makes it fail any more. */
  heedNoSignal(): void {
    this.signal?.unsubscribe();
  }

  /** Lets `work` have one item after the other, as long as the run goes on; the one that runs then is waited for. */
  async consume<B>(
    source: Iterable<Sample> | AsyncIterable<Sample>,
    through: OperatorFunction<Sample, B>,
    work: (item: B) => Promise<void>,
  ): Promise<void> {
    const { halted, ahead } = this;
    if (this.goesOn) await consume({ source, through, work, ahead, halted });
  }

  /** What is to be done at the run's end, before what was asked for earlier. */
  onEnd(cleanUp: CleanUp): void {
    this.cleanUps.unshift(cleanUp);
  }

  /** Frees everything, whatever fails on the way. */
  async end(): Promise<void> {
    for (const cleanUp of this.cleanUps) {
      try {
        await cleanUp();
      } catch (error) {
        this.fail(error);
      }
    }
  }
}
