import koffi from 'koffi';

/**
 * Ends the process as `process.exit` does, but without waiting for the native call that a thread is in: that may be the steps of a
 * minute.
 */
export function exitNow(code: number): never {
  if (process.platform !== 'win32') {
    process.emit('exit', code);
    koffi.load(null).func('_exit', 'void', ['int'])(code);
  }
  process.exit(code);
}
