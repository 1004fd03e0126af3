import { BufferOverflowError } from '../error/bufferOverflowError.js';
import { Queue } from './queue.js';

/** What every Observable has. */
export interface Subscribable<T> {
  subscribe(observer: { next(value: T): void; error(error: unknown): void; complete(): void }): { unsubscribe(): void };
}

/**
 * The items of an Observable as an async iterable. Each iterator subscribes at its first `next()` and unsubscribes at
 * its end or `return()`, which also ends a `next()` that still waits.
 *
 * @param capacity items that may wait; one more ends the iteration with a BufferOverflowError
 * @param name names the source in messages
 */
export function subscribableItems<T>(items: Subscribable<T>, capacity: number, name: string): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new SubscribableIterator(items, capacity, name) };
}

interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

class SubscribableIterator<T> implements AsyncIterator<T, undefined> {
  private readonly buffer = new Queue<T>();
  private readonly waiting: Waiting<T>[] = [];
  private subscription: { unsubscribe(): void } | undefined;
  private started = false;
  private ended = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly items: Subscribable<T>,
    private readonly capacity: number,
    private readonly name: string,
  ) {}

  next(): Promise<IteratorResult<T, undefined>> {
    const result = new Promise<IteratorResult<T, undefined>>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
    if (!this.started) this.start();
    this.settle();
    return result;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.started = true;
    this.buffer.clear();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  private start(): void {
    this.started = true;
    this.subscription = this.items.subscribe({
      next: item => this.take(item),
      error: error => this.fail(error),
      complete: () => this.end(),
    });
    // Whoever emits while subscribing may be at the end before there is a subscription.
    if (this.ended) this.subscription.unsubscribe();
  }

  private take(item: T): void {
    if (this.ended) return;
    this.buffer.push(item);
    this.settle();
    if (this.buffer.length > this.capacity) this.fail(this.overflow());
  }

  private fail(error: unknown): void {
    if (this.ended) return;
    this.failure = { error };
    this.buffer.clear();
    this.end();
  }

  private end(): void {
    this.ended = true;
    this.subscription?.unsubscribe();
    this.settle();
  }

  /** Answers those who wait, as far as that can be done now. A failure is told once. */
  private settle(): void {
    while (this.waiting.length > 0 && (this.buffer.length > 0 || this.ended)) {
      const { resolve, reject } = this.waiting.shift() as Waiting<T>;
      if (this.buffer.length > 0) {
        resolve({ done: false, value: this.buffer.take() });
      } else if (this.failure !== undefined) {
        reject(this.failure.error);
        this.failure = undefined;
      } else {
        resolve({ done: true, value: undefined });
      }
    }
  }

  private overflow(): BufferOverflowError {
    return new BufferOverflowError(
      `Source '${this.name}' gave more than ${this.capacity} examples that the training has not yet taken. An Observable ` +
        "can't be slowed down: give an iterable instead, or raise 'buffer' (Infinity, where all of them may wait in memory).",
    );
  }
}
