import { Observable, type OperatorFunction, type Subscriber, type Subscription } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';

/** A loop of microtasks would starve timers and signals: after so many milliseconds it lets a macrotask run. */
const breathMs = 16;
/** The clock is looked at once in so many turns of the loop: asking it costs as much as a sample. */
const turnsPerLook = 16;

export interface PacedOptions<S, B, R> {
  /** Pulled from; each subscription asks it for an iterator of its own. */
  readonly source: Iterable<S> | AsyncIterable<S>;
  /** Synchronous operators between what is pulled and what is consumed. */
  readonly through: OperatorFunction<S, B>;
  /** Called with one item at a time; the next one waits until its promise is fulfilled. */
  readonly consume: (item: B) => R | PromiseLike<R>;
  /** Items that may be ready and waiting while `consume` runs. Default 2; with 0 they are made on demand. */
  readonly ahead?: number;
}

/**
 * The bridge between what is pulled and what is pushed: draws from an iterator only as much as `consume` needs, and
 * emits what `consume` gives, in order.
 *
 * ```
 * source:    a b c d|          pulled, not pushed
 *            through: batch(2)
 * consume:   (ab)---(cd)---    one at a time; (cd) is prepared while (ab) runs
 * result:    -------R------(R|)
 * ```
 *
 * Two ways to end it from outside:
 *
 * - **Stop**: let `through` or a downstream `take`, `takeWhile` complete. Items that `through` gave before it completed
 *   are still consumed. A downstream operator that completes on a result lets no further step begin.
 * - **Abort**: unsubscribe. Nothing more is begun or emitted; a running `consume` can't be broken off, its result is dropped.
 *
 * Either way `return()` of the iterator is called once, unless the iterator had ended by itself.
 *
 * *Backpressure:* full. It pulls only while fewer than `ahead` items wait (one where nothing runs); what an operator in
 * `through` holds back for itself, or emits at once for one sample, comes on top. Operators that emit later than in the
 * same tick (`delay`) can't be paced. About every 16 ms a macrotask gets its turn.
 *
 * *Errors:* an error of the source goes through `through`, and is emitted when all items before it were consumed. One of
 * `consume` is emitted at once. What `return()` fails with is not caught: it comes
 * out of `unsubscribe()`, or as an unhandled rejection.
 *
 * ## Example
 * Sums of pairs, one at a time
 * ```ts
 * import { bufferCount } from 'rxjs';
 * import { paced } from 'gradstream/operators';
 *
 * const sums$ = paced({
 *   source: [1, 2, 3, 4],
 *   through: bufferCount(2),
 *   consume: async ([a, b]: number[]) => a + b,
 * });
 * sums$.subscribe(console.log); // 3, 7
 * ```
 *
 * @param options where items come from, what becomes of them, and how many may wait.
 * @returns A cold Observable of the results.
 * @throws InvalidArgumentError where `ahead` isn't a whole number from 0 on.
 */
export function paced<S, B, R>(options: PacedOptions<S, B, R>): Observable<R> {
  const { ahead = 2 } = options;
  checkCount('paced', { ahead });
  return new Observable(subscriber => {
    const pump = new Pump({ ...options, ahead }, subscriber);
    pump.start();
    return () => pump.close();
  });
}

/** One subscription of {@link paced}. */
class Pump<S, B, R> {
  private readonly iterator: Iterator<S> | AsyncIterator<S>;
  /** Who is subscribed to {@link input}; replaced, not changed, so that it can be changed while it is gone through. */
  private inputs: readonly Subscriber<S>[] = [];
  /** Where what is pulled goes in: a `Subject` in little, since in this place a Subject is half of the bridge's cost. */
  private readonly input = new Observable<S>(subscriber => {
    if (this.iteratorEnded) subscriber.complete();
    this.inputs = [...this.inputs, subscriber];
    this.loop();
    return () => {
      this.inputs = this.inputs.filter(other => other !== subscriber);
    };
  });
  private output: Subscription | undefined;
  private readonly waiting: B[] = [];
  private consuming = false;
  /** What the iterator's `next()` promised is awaited. */
  private pulling = false;
  /** `next()` is on the stack: a generator can't be told to return from inside itself. */
  private inNext = false;
  /** It ended or failed. */
  private iteratorEnded = false;
  /** What `through` ended with; emitted when nothing waits any more. */
  private end: { readonly error?: unknown } | undefined;
  private closed = false;
  /** At first, until `through` is wholly subscribed: what is pulled before would be lost. */
  private looping = true;
  private breathing = false;
  private lastBreath = performance.now();
  private turns = 0;

  constructor(
    private readonly options: Required<PacedOptions<S, B, R>>,
    private readonly subscriber: Subscriber<R>,
  ) {
    const { source } = options;
    this.iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  start(): void {
    this.output = this.input.pipe(this.options.through).subscribe({
      next: item => {
        this.waiting.push(item);
        this.loop();
      },
      error: error => this.throughEnded({ error }),
      complete: () => this.throughEnded({}),
    });
    this.looping = false;
    this.loop();
  }

  close(): void {
    this.closed = true;
    this.waiting.length = 0;
    this.output?.unsubscribe();
    this.returnIterator();
  }

  /** Does what can be done now. A loop that is never entered twice: the stack doesn't grow with the number of items. */
  private loop(): void {
    if (this.looping) return;
    this.looping = true;
    while (!this.closed && !this.breathing) {
      if (this.needsBreath) this.breathe();
      else if (this.waiting.length > 0 && !this.consuming) void this.consume(this.waiting.shift() as B);
      else if (this.needsItem) this.pull();
      else break;
    }
    this.looping = false;
    if (this.end !== undefined && this.waiting.length === 0 && !this.consuming && !this.closed) this.finish(this.end);
  }

  private get needsBreath(): boolean {
    return this.turns++ % turnsPerLook === 0 && performance.now() - this.lastBreath >= breathMs;
  }

  private breathe(): void {
    this.breathing = true;
    setImmediate(() => {
      this.breathing = false;
      this.lastBreath = performance.now();
      this.loop();
    });
  }

  private async consume(item: B): Promise<void> {
    this.consuming = true;
    let result: R;
    try {
      result = await this.options.consume(item);
    } catch (error) {
      this.subscriber.error(error);
      return;
    }
    this.consuming = false;
    this.subscriber.next(result);
    this.loop();
  }

  private get needsItem(): boolean {
    const wanted = this.consuming ? this.options.ahead : 1;
    return this.waiting.length < wanted && this.inputs.length > 0 && !this.pulling && !this.iteratorEnded;
  }

  private pull(): void {
    let result: IteratorResult<S> | Promise<IteratorResult<S>>;
    this.inNext = true;
    try {
      result = this.iterator.next();
    } catch (error) {
      this.inNext = false;
      this.pullFailed(error);
      return;
    }
    this.inNext = false;
    if (this.closed) this.returnIterator();
    else if ('then' in result) this.pullLater(result);
    else this.pulled(result);
  }

  private pullLater(result: Promise<IteratorResult<S>>): void {
    this.pulling = true;
    result
      .then(
        result => this.pulled(result),
        error => this.pullFailed(error),
      )
      .then(() => this.loop());
  }

  private pulled(result: IteratorResult<S>): void {
    if (this.closed) return;
    if (result.done === true) {
      this.iteratorEnded = true;
      for (const input of this.inputs) input.complete();
    } else for (const input of this.inputs) input.next(result.value);
    // Not before: only when `through` has had it is it known whether it wants another one.
    this.pulling = false;
  }

  private pullFailed(error: unknown): void {
    this.pulling = false;
    this.iteratorEnded = true;
    for (const input of this.inputs) input.error(error);
  }

  private throughEnded(end: { readonly error?: unknown }): void {
    this.end = end;
    this.loop();
  }

  private finish(end: { readonly error?: unknown }): void {
    if ('error' in end) this.subscriber.error(end.error);
    else this.subscriber.complete();
  }

  private returnIterator(): void {
    if (!this.iteratorEnded && !this.inNext) void this.iterator.return?.();
  }
}
