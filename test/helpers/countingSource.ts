/** Gives 0, 1, 2, … and keeps a record of what was asked of it. */
export class CountingSource implements Iterable<number> {
  /** Items that were drawn. */
  pulls = 0;
  /** Calls of `return()`. */
  returns = 0;

  constructor(
    private readonly size = Number.POSITIVE_INFINITY,
    private readonly failure?: Error,
  ) {}

  [Symbol.iterator](): Iterator<number> {
    let next = 0;
    return {
      next: () => {
        if (next < this.size) {
          this.pulls++;
          return { done: false, value: next++ };
        }
        if (this.failure !== undefined) throw this.failure;
        return { done: true, value: undefined };
      },
      return: () => {
        this.returns++;
        return { done: true, value: undefined };
      },
    };
  }

  /** The same, each item a macrotask later. */
  asynchronous(): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = this[Symbol.iterator]();
        return {
          next: async () => {
            await new Promise(resolve => setImmediate(resolve));
            return iterator.next();
          },
          return: async () => iterator.return?.() ?? { done: true, value: undefined },
        };
      },
    };
  }
}
