import { constants } from 'node:os';
import { Observable } from 'rxjs';
import { exitNow } from '../../src/native/exitNow.js';

/** Ctrl-C, a polite end from outside, and the end of the terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal to end as a reason to stop: the first one asks the run to finish its step and close cleanly, the second one ends the
 * process at once. The exit code is then the signal's.
 */
export const interrupt = (say: (line: string) => void): Observable<string> =>
  new Observable(subscriber => {
    let count = 0;
    const onSignal = (signal: (typeof SIGNALS)[number]): void => {
      const code = 128 + constants.signals[signal];
      process.exitCode = code;
      if (++count > 1) exitNow(code);
      const again = signal === 'SIGINT' ? 'press Ctrl-C again' : `send ${signal} again`;
      say(`\nStopping after this step; ${again} to abort at once.`);
      subscriber.next('interrupted');
    };
    const listeners = SIGNALS.map(signal => [signal, () => onSignal(signal)] as const);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    return () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
  });
