import { reportProblem } from './sideEffect.js';

/** A stream of the caller's, which stays open. Only those that tell of errors have `on` and `off`. */
export interface SinkStream {
  write(text: string, written: () => void): unknown;
  readonly writable?: boolean;
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  off?(event: 'error', listener: (error: unknown) => void): unknown;
}

export interface WritableSink {
  write(text: string): void;
  /** Nothing will be written any more. */
  end(): void;
}

/**
 * Writes to a stream for one subscription. An error of the stream, such as of a pipe that nobody reads any more, would end the
 * process where nobody listens: it is reported on standard error, once, and nothing is written after it.
 *
 * @param name of the operator, for the report
 */
export function writableSink(name: string, stream: SinkStream): WritableSink {
  let failed = false;
  let ended = false;
  let pending = 0;
  const onError = (error: unknown): void => {
    const isFirst = !failed;
    failed = true;
    if (isFirst && stream !== process.stderr) reportProblem(name, error);
  };
  /** A stream tells of an error after it has called back. */
  const release = (): void => {
    if (ended && pending === 0) setImmediate(() => stream.off?.('error', onError));
  };
  const written = (): void => {
    pending--;
    release();
  };
  stream.on?.('error', onError);
  return {
    write(text) {
      if (failed || stream.writable === false) return;
      pending++;
      stream.write(text, written);
    },
    end() {
      ended = true;
      release();
    },
  };
}
