import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { FileAccessError } from '../error/fileAccessError.js';

/**
 * Makes a folder and those above it, as far as they are not there. Node's own way to do so never returns where the system
 * says of a new folder that it isn't there though the one above it is, as below `/proc`.
 *
 * @throws FileAccessError below such a folder, else the system's own error where it can't be made
 */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been as quick.
    if (isFolder(folder)) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new FileAccessError(
      folder,
      'ENOENT',
      `Can't write ${folder}: no folder can be made in ${parent}. Name another one.`,
      { cause: error },
    );
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
