import { reportProblem } from './sideEffect.js';

/** A stream of the caller's, which stays open. Only those that tell of errors have `on` and `off`. */
interface SinkStream {
  write(text: string, written: () => void): unknown;
  readonly writable?: boolean;
  readonly errored?: Error | null;
  on?(event: 'error', listener: (error: unknown) => void): unknown;
  off?(event: 'error', listener: (error: unknown) => void): unknown;
}

interface WritableSink {
  write(text: string): void;
  /** Nothing will be written any more. */
  end(): void;
}

/** One listener for all who ask: Node warns where a stream has many. */
class ErrorListener {
  private readonly asking = new Set<(error: unknown) => void>();
  private readonly tell = (error: unknown): void => {
    for (const onError of [...this.asking]) onError(error);
  };

  constructor(private readonly stream: SinkStream) {}

  add(onError: (error: unknown) => void): void {
    if (this.asking.size === 0) this.stream.on?.('error', this.tell);
    this.asking.add(onError);
  }

  remove(onError: (error: unknown) => void): void {
    this.asking.delete(onError);
    if (this.asking.size === 0) this.stream.off?.('error', this.tell);
  }
}

const listeners = new WeakMap<SinkStream, ErrorListener>();

function listenerOf(stream: SinkStream): ErrorListener {
  const listener = listeners.get(stream) ?? new ErrorListener(stream);
  listeners.set(stream, listener);
  return listener;
}

/**
 * Writes to a stream for one subscription. An error of the stream, such as of a pipe that nobody reads any more, would end the
 * process where nobody listens: it is reported on standard error, once, and nothing is written after it. So is a stream that has
 * ended.
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
    if (ended && pending === 0) setImmediate(() => listener.remove(onError));
  };
  const written = (): void => {
    pending--;
    release();
  };
  const listener = listenerOf(stream);
  listener.add(onError);
  return {
    write(text) {
      if (failed) return;
      if (stream.writable === false) {
        // After the stream's own word: one who hears that nobody reads it may end the process.
        setImmediate(onError, stream.errored ?? new Error('the stream has ended, and takes no more'));
        return;
      }
      pending++;
      stream.write(text, written);
    },
    end() {
      ended = true;
      release();
    },
  };
}
