import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileAccessError } from '../error/fileAccessError.js';
import { isAlive } from './isAlive.js';
import { makeFolder } from './makeFolder.js';

/**
 * Writes a file whole or not at all: beside its place first, flushed to the disk, then renamed. A reader sees the old
 * file or the new one, and a failure leaves the old one as it was. Folders are made as needed. What a killed process left beside the
 * file is removed once it is a minute old.
 *
 * @param contents the bytes, the text (UTF-8), or a function that writes them to the temporary path it is given
 * @throws FileAccessError where there is no space or no permission
 */
export async function atomicWrite(
  file: string,
  contents: Uint8Array | string | ((temporary: string) => Promise<void>),
): Promise<void> {
  const temporary = `${file}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
  try {
    makeFolder(dirname(file));
    await removeLeftovers(file);
    // Also before a function writes: what it writes with (HDF5) may not tell plainly that it can't.
    await writeFile(temporary, typeof contents === 'function' ? '' : contents);
    if (typeof contents === 'function') await contents(temporary);
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const bytes = typeof contents === 'function' ? undefined : Buffer.byteLength(contents);
    throw FileAccessError.explain(error, file, bytes === undefined ? 'space for the file' : `${bytes} bytes`);
  }
}

/** On a shared disk another machine's process may have the number: it would have written within a minute. */
const ABANDONED_MS = 60_000;

/** Temporary files for the same file, and what was written beside them, of processes that are gone. */
async function removeLeftovers(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)];
  for (const entry of await readdir(folder)) {
    const pid = entry.startsWith(`${name}.`) && /^(\d+)-[0-9a-f]{8}\.tmp(\.|$)/.exec(entry.slice(name.length + 1))?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    const path = join(folder, entry);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > ABANDONED_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}
