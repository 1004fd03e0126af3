import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FileAccessError } from '../../src/error/fileAccessError.js';
import { makeFolder } from '../../src/file/makeFolder.js';

/** A file that grows at its end, by lines of text or by records. */
export interface GrowingFile {
  /** Makes the file and its folder, and empties it unless it is added to. Idempotent. */
  open(): void;
  /** Bytes that it has. */
  size(): number;
  /** Writes whole lines or records at the end: all of them, or, where it throws (a full disk, a file that was removed), none. */
  write(whole: string | Uint8Array): void;
  close(): void;
}

/** Emptied, and then written at its end only, so that cutting it leaves no hole. */
const ANEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

/** Opened at the first use, not before. */
export function growingFile(path: string, append: boolean): GrowingFile {
  let descriptor: number | undefined;
  /** Some file systems count no links. */
  let wasLinked = false;

  function open(): number {
    if (descriptor === undefined) {
      makeFolder(dirname(path));
      descriptor = openSync(path, append ? 'a' : ANEW);
      wasLinked = fstatSync(descriptor).nlink > 0;
    }
    return descriptor;
  }

  return {
    open,
    size: () => fstatSync(open()).size,
    write(whole) {
      const file = open();
      const { size: before, nlink } = fstatSync(file);
      // Writing to it would succeed.
      if (nlink === 0 && wasLinked) {
        throw new FileAccessError(
          path,
          'ENOENT',
          `${path} was removed meanwhile: what comes from now on is in no file.`,
        );
      }
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
