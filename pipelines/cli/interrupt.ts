import { Observable } from 'rxjs';

/**
 * Ctrl-C as a reason to stop: the first one asks the run to finish its step and close cleanly, the second one ends the
 * process at once.
 */
export const interrupt = (say: (line: string) => void): Observable<string> =>
  new Observable(subscriber => {
    let count = 0;
    const onSignal = (): void => {
      count++;
      if (count > 1) process.exit(130);
      say('\nStopping after this step; press Ctrl-C again to abort at once.');
      subscriber.next('interrupted');
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    return () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    };
  });
