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
  // Made first: Node would take standard error for a pipe while it is diverted into one.
  void process.stderr;
  const restore = divertErrors();
  const end = () => {
    process.off('exit', end).off('uncaughtExceptionMonitor', end);
    restore();
  };
  process.once('exit', end).once('uncaughtExceptionMonitor', end);
  const load = dlopen();
  load(framework, LoaderFlag.now | LoaderFlag.global);
  load.async(cc, LoaderFlag.now, end);
}
