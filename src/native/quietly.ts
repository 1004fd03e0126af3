import { closeSync, readFileSync, writeSync } from 'node:fs';
import koffi from 'koffi';

/** Runs `action` with standard error diverted, see {@link divertErrors}. */
export function quietly<T>(action: () => T): T {
  const restore = divertErrors();
  try {
    return action();
  } finally {
    restore();
  }
}

/**
 * Leads standard error into a pipe until the returned function is called, which passes on only what is an error. TensorFlow
 * greets on standard error while it is being loaded, before any of its log settings counts. A pipe holds 64 KiB; a greeting
 * is far below.
 */
export function divertErrors(): () => void {
  if (process.platform === 'win32') return () => undefined;
  const libc = koffi.load(null);
  const dup = libc.func('dup', 'int', ['int']);
  const dup2 = libc.func('dup2', 'int', ['int', 'int']);
  const pipe = libc.func('pipe', 'int', ['void *']);
  const ends = new Int32Array(2);
  const kept: number = dup(2);
  if (kept < 0 || pipe(ends) !== 0) return () => undefined;
  const [output, input] = ends;
  dup2(input, 2);
  closeSync(input);
  return () => {
    dup2(kept, 2);
    closeSync(kept);
    passOnErrors(readFileSync(output, 'utf8'));
    closeSync(output);
  };
}

/** absl's lines begin with their severity and the date: `E0000 00:00:17…`. */
function passOnErrors(text: string): void {
  const errors = text.replace(/^(?:[IW]\d{4} |WARNING: All log messages before absl).*\n?/gm, '');
  if (errors !== '') writeSync(2, errors);
}
