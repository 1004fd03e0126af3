import { channel } from 'node:diagnostics_channel';
import { dlopen, LoaderFlag } from './dynamicLoader.js';
import { type LibraryFiles, setLibraryEnvironment } from './library.js';
import { divertErrors } from './quietly.js';

/**
 * Begins to load libtensorflow: the large file in a thread of its own, a third of a second during which JavaScript goes on. A
 * later `loadLibrary` waits for what is left of it, and says what is wrong where it can't be loaded.
 */
export function preloadLibrary({ framework, cc }: LibraryFiles): void {
  if (process.platform === 'win32') return;
  setLibraryEnvironment();
  // Made first: Node would take standard error for a file while it is diverted into one.
  void process.stderr;
  const restore = divertErrors();
  const children = channel('child_process');
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    process.off('exit', end).off('uncaughtExceptionMonitor', end);
    children.unsubscribe(end);
    restore();
  };
  process.on('exit', end).on('uncaughtExceptionMonitor', end);
  // Told of a child before it is born: with the file for its standard error, what it says later would be lost.
  children.subscribe(end);
  const load = dlopen();
  load(framework, LoaderFlag.now | LoaderFlag.global);
  load.async(cc, LoaderFlag.now, end);
}
