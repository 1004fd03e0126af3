import { checkNames } from '../error/checkNames.js';

const AT_ONCE = 16;
const CHOICES = ['error', 'skip'] as const;

/** What to do with files that are no pictures, or damaged ones. */
export interface CorruptOptions {
  /**
   * `error` (default): reading such a row fails. `skip`: all files are decoded once before the source is ready, and such
   * files left out.
   */
  readonly onCorrupt?: (typeof CHOICES)[number];
  /** Gets a line for each file that is left out. */
  readonly onMessage?: (message: string) => void;
}

/**
 * Those that can be decoded, in their order; all of them without a look unless `skip` is asked for.
 *
 * @throws UnknownNameError for another choice
 */
export async function readableFiles<T>(
  files: readonly T[],
  decode: (file: T) => Promise<unknown>,
  { onCorrupt = 'error', onMessage }: CorruptOptions,
): Promise<readonly T[]> {
  checkNames('choice of onCorrupt', [onCorrupt], CHOICES);
  if (onCorrupt === 'error') return files;
  const good: T[] = [];
  for (let first = 0; first < files.length; first += AT_ONCE) {
    const some = files.slice(first, first + AT_ONCE);
    const checks = await Promise.allSettled(some.map(decode));
    checks.forEach((check, i) => {
      if (check.status === 'fulfilled') good.push(some[i]);
      else onMessage?.(`Left out: ${(check.reason as Error).message}`);
    });
  }
  return good;
}
