/** First in, first out, in constant time: `shift` of a long array moves all that stay. */
export class Queue<T> {
  private items: T[] = [];
  /** Of these the ones before are taken. */
  private next = 0;

  get length(): number {
    return this.items.length - this.next;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** To be asked only where there is one. */
  take(): T {
    const item = this.items[this.next++];
    if (2 * this.next >= this.items.length) this.dropTaken();
    return item;
  }

  clear(): void {
    this.items = [];
    this.next = 0;
  }

  private dropTaken(): void {
    this.items = this.items.slice(this.next);
    this.next = 0;
  }
}
