import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { AT_ONCE, checkOnDisk } from './readFromDisk.js';

/** Larger files get memory of their own. */
const MOST_KEPT = 8e6;

/** Reads one file after the other into the same memory. */
export class FileReader {
  private memory = new Uint8Array(0);

  /**
   * Its bytes, there until the next file is read.
   *
   * @throws what `readFileSync` throws, and for a pipe or a device, which that would wait for
   */
  read(file: string): Uint8Array {
    const descriptor = openSync(file, AT_ONCE);
    try {
      const stats = fstatSync(descriptor);
      checkOnDisk(stats);
      const { size } = stats;
      // Files of the system have none that could be relied on.
      if (size === 0 || size > MOST_KEPT) return readFileSync(descriptor);
      if (this.memory.length < size) this.memory = new Uint8Array(size);
      let length = 0;
      while (length < size) {
        const count = readSync(descriptor, this.memory, length, size - length, null);
        if (count === 0) break;
        length += count;
      }
      return this.memory.subarray(0, length);
    } finally {
      closeSync(descriptor);
    }
  }
}
