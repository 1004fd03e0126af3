import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * A path in gradstream's cache, which all checkouts share; nothing is created.
 *
 * The cache is `GRADSTREAM_CACHE`, else `gradstream` in `XDG_CACHE_HOME`, else in the system's usual place: `~/.cache`,
 * `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
 */
export function cacheFolder(...parts: readonly string[]): string {
  return join(root(process.env), ...parts);
}

function root(env: NodeJS.ProcessEnv): string {
  if (env.GRADSTREAM_CACHE) return resolve(env.GRADSTREAM_CACHE);
  if (env.XDG_CACHE_HOME) return resolve(env.XDG_CACHE_HOME, 'gradstream');
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Caches', 'gradstream');
    case 'win32':
      return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'gradstream');
    default:
      return join(homedir(), '.cache', 'gradstream');
  }
}
