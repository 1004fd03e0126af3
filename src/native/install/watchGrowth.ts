import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const POLL_MS = 250;

/** Runs `action` and tells, a few times a second, how many bytes the files under `folder` have grown to meanwhile. */
export async function watchGrowth<T>(
  folder: string,
  onBytes: (bytes: number) => void,
  action: () => Promise<T>,
): Promise<T> {
  let largest = 0;
  const timer = setInterval(async () => {
    const bytes = await bytesUnder(folder);
    // A file that is moved or copied counts once.
    if (bytes <= largest) return;
    largest = bytes;
    onBytes(bytes);
  }, POLL_MS);
  try {
    return await action();
  } finally {
    clearInterval(timer);
  }
}

async function bytesUnder(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(entries.map(async name => (await stat(join(folder, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
