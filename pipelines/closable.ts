/** A read that runs when its iterator is closed is waited for so many milliseconds: some never end. */
const READ_PATIENCE_MS = 1000;

/**
 * An iterable whose iterator's end can be waited for: who calls `return()` in a tear-down can't. A synchronous one is left as
 * it is: it has ended when `return()` comes back.
 */
export class Closable<T> {
  /** The same items, to be iterated once. */
  readonly items: Iterable<T> | AsyncIterable<T>;
  private reading: Promise<unknown> = Promise.resolve();
  private ending: Promise<unknown> | undefined;

  constructor(source: Iterable<T> | AsyncIterable<T>) {
    this.items =
      Symbol.asyncIterator in source
        ? { [Symbol.asyncIterator]: () => this.later(source[Symbol.asyncIterator]()) }
        : source;
  }

  /**
   * Resolves when the iterator, if it was told to return, has done so. One that hangs in a read is given up.
   *
   * @throws what its `return()` fails with.
   */
  async closed(): Promise<void> {
    const { reading, ending } = this;
    if (ending !== undefined && (await endsWithin(READ_PATIENCE_MS, [reading, ending]))) await ending;
  }

  private later(iterator: AsyncIterator<T>): AsyncIterator<T> {
    return {
      next: () => {
        const read = iterator.next();
        this.reading = read;
        return read;
      },
      return: async () => {
        this.end(iterator);
        return { done: true, value: undefined };
      },
    };
  }

  private end(iterator: AsyncIterator<T>): void {
    this.ending = (async () => iterator.return?.())();
    // Told by `closed`, or nobody's where it was given up.
    this.ending.catch(() => {});
  }
}

/** Whether one of them is settled before so many milliseconds are over. */
async function endsWithin(milliseconds: number, promises: readonly Promise<unknown>[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const settled = Promise.race(promises).then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
