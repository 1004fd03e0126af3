/**
 * Keeps a bounded number of the items of an endless sequence: the first, the last, and ones spread evenly between. Where there
 * are too many, every second goes, and from then on every second comes in.
 */
export class Thinned<T> {
  private kept: T[] = [];
  private stride = 1;
  private count = 0;
  private last: readonly [T] | [] = [];

  /** @param limit how many are kept at most, the last one apart; 2 or more */
  constructor(private readonly limit: number) {}

  add(item: T): void {
    const isKept = this.count++ % this.stride === 0;
    this.last = isKept ? [] : [item];
    if (!isKept) return;
    this.kept.push(item);
    if (this.kept.length <= this.limit) return;
    this.kept = this.kept.filter((_, i) => i % 2 === 0);
    if (this.kept.at(-1) !== item) this.last = [item];
    this.stride *= 2;
  }

  /** In their order. */
  items(): T[] {
    return [...this.kept, ...this.last];
  }
}
