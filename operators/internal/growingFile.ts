import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../src/file/makeFolder.js';

/** A file that grows at its end, by lines of text or by records. */
export interface GrowingFile {
  /** Makes the file and its folder, and empties it unless it is added to. Idempotent. */
  open(): void;
  /** Bytes that it has. */
  size(): number;
  /** Writes whole lines or records at the end: all of them, or, where it throws (a full disk), none. */
  write(whole: string | Uint8Array): void;
  close(): void;
}

/** Emptied, and then written at its end only, so that cutting it leaves no hole. */
const ANEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

/** Opened at the first use, not before. */
export function growingFile(path: string, append: boolean): GrowingFile {
  let descriptor: number | undefined;

  function open(): number {
    if (descriptor === undefined) {
      makeFolder(dirname(path));
      descriptor = openSync(path, append ? 'a' : ANEW);
    }
    return descriptor;
  }

  return {
    open,
    size: () => fstatSync(open()).size,
    write(whole) {
      const file = open();
      const before = fstatSync(file).size;
      try {
        writeFileSync(file, whole);
      } catch (error) {
        // Half a line or record would spoil the next one. Where even this fails, the first error says more.
        cutTo(file, before);
        throw error;
      }
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function cutTo(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // Told in `write`.
  }
}
