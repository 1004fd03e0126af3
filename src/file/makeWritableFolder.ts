import { access, constants } from 'node:fs/promises';
import { FileAccessError } from '../error/fileAccessError.js';
import { makeFolder } from './makeFolder.js';

/**
 * The folder that results will go to, made if need be: better to learn now than after hours of work that it can't be had.
 *
 * @param need what goes there, for the message
 * @throws FileAccessError where nothing can be written there
 */
export async function makeWritableFolder(folder: string, need: string, elsewhere: string): Promise<void> {
  try {
    makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw FileAccessError.explain(error, folder, need, elsewhere);
  }
}
