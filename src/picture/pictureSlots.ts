/** Shared memory for one picture. */
export interface PictureSlot {
  readonly number: number;
  readonly pixels: Uint8Array;
}

/**
 * Shared memory that pictures are handed to another thread in, over and over: for each new array the collector of that thread would
 * run more often, and it takes longer than scaling the pictures does.
 */
export class PictureSlots {
  private readonly slots = new Map<number, PictureSlot>();
  private readonly free: PictureSlot[] = [];
  private lastNumber = 0;
  private bytes = 0;

  /** @param mostBytes of all slots together */
  constructor(private readonly mostBytes: number) {}

  /** One of exactly so many bytes, taken until it is released; undefined where there is no room for another. */
  take(bytes: number): PictureSlot | undefined {
    const index = this.free.findIndex(({ pixels }) => pixels.length === bytes);
    if (index >= 0) return this.free.splice(index, 1)[0];
    while (this.bytes + bytes > this.mostBytes) {
      // Of another size, of a source that may be done with.
      const other = this.free.shift();
      if (other === undefined) return undefined;
      this.slots.delete(other.number);
      this.bytes -= other.pixels.length;
    }
    const slot = { number: ++this.lastNumber, pixels: new Uint8Array(new SharedArrayBuffer(bytes)) };
    this.slots.set(slot.number, slot);
    this.bytes += bytes;
    return slot;
  }

  /** Nobody looks at what is in it any more. */
  release(number: number): void {
    const slot = this.slots.get(number);
    if (slot !== undefined) this.free.push(slot);
  }
}
