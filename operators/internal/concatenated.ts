/**
 * The items of several asynchronous iterables, one after the other; each is asked for when the one before has ended.
 *
 * Not a generator: that one hears of `return()` only when the item it waits for has come, and a stream that is silent would stay
 * open.
 */
export class Concatenated<T, R> implements AsyncIterator<R, undefined> {
  private items: AsyncIterator<T> | undefined;
  private ended = false;

  /** @param give what becomes of an item; undefined leaves it out */
  constructor(
    private readonly parts: Iterator<AsyncIterable<T>>,
    private readonly give: (item: T) => R | undefined,
  ) {}

  async next(): Promise<IteratorResult<R, undefined>> {
    try {
      while (!this.ended) {
        const items = this.current();
        if (items === undefined) break;
        const { done, value } = await items.next();
        if (done === true) {
          this.items = undefined;
          continue;
        }
        const given = this.give(value);
        if (given !== undefined) return { done: false, value: given };
      }
    } catch (error) {
      this.ended = true;
      throw error;
    }
    return END;
  }

  async return(): Promise<IteratorResult<R, undefined>> {
    const { ended, items } = this;
    this.ended = true;
    if (!ended) await items?.return?.();
    return END;
  }

  /** The running part's; undefined after the last one. */
  private current(): AsyncIterator<T> | undefined {
    if (this.items === undefined) {
      const { done, value } = this.parts.next();
      if (done === true) this.ended = true;
      else this.items = value[Symbol.asyncIterator]();
    }
    return this.items;
  }
}

const END = { done: true, value: undefined } as const;
