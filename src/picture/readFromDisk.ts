import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** Opens for reading without waiting for anybody, as a pipe does for who writes into it. Windows has no such flag. */
export const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A pipe or a device may never end.
 *
 * @throws Error with a code, as the errors of a disk have
 */
export function checkOnDisk(stats: Stats): void {
  if (stats.isFile() || stats.isDirectory()) return;
  throw Object.assign(new Error('it is a pipe or a device, expected a file'), { code: 'EINVAL' });
}

/** @throws what `readFile` throws, and for a pipe or a device, which that would wait for */
export async function readFromDisk(file: string): Promise<Buffer> {
  const opened = await open(file, AT_ONCE);
  try {
    checkOnDisk(await opened.stat());
    return await opened.readFile();
  } finally {
    await opened.close();
  }
}
