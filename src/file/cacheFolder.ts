import { join, resolve } from 'node:path';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { homeFolder } from './homeFolder.js';

/**
 * A path in gradstream's cache, which all checkouts share; nothing is created.
 *
 * The cache is `GRADSTREAM_CACHE`, else `gradstream` in `XDG_CACHE_HOME`, else in the system's usual place: `~/.cache`,
 * `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
 *
 * @throws InvalidArgumentError where none is named and the user has no home
 */
export function cacheFolder(...parts: readonly string[]): string {
  return join(root(process.env), ...parts);
}

function root(env: NodeJS.ProcessEnv): string {
  if (env.GRADSTREAM_CACHE) return resolve(env.GRADSTREAM_CACHE);
  if (env.XDG_CACHE_HOME) return resolve(env.XDG_CACHE_HOME, 'gradstream');
  switch (process.platform) {
    case 'darwin':
      return join(home(), 'Library', 'Caches', 'gradstream');
    case 'win32':
      return join(env.LOCALAPPDATA || join(home(), 'AppData', 'Local'), 'gradstream');
    default:
      return join(home(), '.cache', 'gradstream');
  }
}

function home(): string {
  const folder = homeFolder();
  if (folder !== undefined) return folder;
  throw new InvalidArgumentError(
    'There is no home folder to keep a cache in (HOME is empty or not set). Name a folder for it with GRADSTREAM_CACHE.',
  );
}
