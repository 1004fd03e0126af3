import { isMainThread } from 'node:worker_threads';
import koffi from 'koffi';

/** Sets variables of the environment that aren't set, for native code too: a worker thread's `process.env` is a copy of its own. */
export function defaultEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
  if (isMainThread || process.platform === 'win32') return;
  const setenv = koffi.load(null).func('setenv', 'int', ['str', 'str', 'int']);
  const keep = 0;
  for (const name of Object.keys(variables)) setenv(name, process.env[name], keep);
}
