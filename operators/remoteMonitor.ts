import type { MonoTypeOperatorFunction } from 'rxjs';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { EpochEnd, TrainEvent } from '../src/event/trainEvent.js';
import { encodeJson } from '../src/text/json.js';
import { reportProblem, sideEffect } from './internal/sideEffect.js';

export interface RemoteMonitorOptions {
  /** Default: `http://localhost:9000`. */
  readonly root?: string;
  /** Default: `/publish/epoch/end/`. */
  readonly path?: string;
  /** Form field that holds the JSON. Default: `data`. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the JSON itself instead of a form. Default: false. */
  readonly sendAsJson?: boolean;
  /** Milliseconds until a request is given up. Default: 5000. */
  readonly timeout?: number;
}

/** In milliseconds: a timer of Node's holds no longer time. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Epochs that may wait for a slow server; with more, the oldest is dropped. */
const MAX_WAITING = 100;

/**
 * Posts each epoch's number and logs to a server, one request after the other, so that they arrive in order. Numbers
 * that aren't finite are sent as strings.
 *
 * ```
 * events:          -s--e--s--e-|
 * remoteMonitor(): -s--e--s--e-|
 * ```
 *
 * *Backpressure:* the run never waits. A request that takes longer than `timeout` is given up; at most 100 epochs wait,
 * then the oldest is dropped. What waits when the run ends is dropped after one more `timeout`.
 * *Errors:* those of the source pass through. A server that can't be reached, hangs or refuses is reported on standard
 * error, once.
 *
 * Source: `RemoteMonitor` of Keras 3.
 *
 * ## Example
 * ```ts
 * import { of } from 'rxjs';
 * import { remoteMonitor } from 'gradstream/operators';
 * import { epochEnd } from 'gradstream/testing';
 *
 * const toDashboard = remoteMonitor({ root: 'http://localhost:8080', path: '/epochs', sendAsJson: true });
 * of(epochEnd()).pipe(toDashboard).subscribe(); // POST /epochs {"epoch":0,"loss":1,"learning_rate":0.001}
 * ```
 *
 * @param options where to, in which form, and how long a request may take.
 * @returns An operator that passes events on.
 * @throws InvalidArgumentError where `root` and `path` make no URL of the web, or `timeout` isn't above 0.
 */
export function remoteMonitor(options: RemoteMonitorOptions = {}): MonoTypeOperatorFunction<TrainEvent> {
  const { root = 'http://localhost:9000', path = '/publish/epoch/end/', timeout: wanted = 5000 } = options;
  const url = root + path;
  if (!URL.canParse(url)) throw new InvalidArgumentError(`remoteMonitor: root and path make no URL: '${url}'.`);
  if (!/^https?:/i.test(url)) {
    throw new InvalidArgumentError(
      `remoteMonitor: '${url}' is no address on the web: begin root with http:// or https://.`,
    );
  }
  if (!(wanted > 0)) throw new InvalidArgumentError(`remoteMonitor: timeout must be above 0, got ${wanted}.`);
  const timeout = Math.min(Math.ceil(wanted), LONGEST_TIMEOUT);
  return sideEffect('remoteMonitor', () => {
    const waiting: EpochEnd[] = [];
    let posting = false;
    let reported = false;
    const report = (problem: string): void => {
      if (!reported) reportProblem('remoteMonitor', `${url}: ${problem}; training goes on`);
      reported = true;
    };
    async function postAll(): Promise<void> {
      if (posting) return;
      posting = true;
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
        await post(url, event, options, timeout).catch(error => report(reasonOf(error)));
      }
      posting = false;
    }
    return {
      next(event) {
        if (event.type !== 'epochEnd') return;
        if (waiting.push(event) > MAX_WAITING) {
          waiting.shift();
          report('the server is too slow, epochs were dropped');
        }
        void postAll();
      },
      /** What still waits gets one more timeout, so that a hanging server doesn't keep the process from ending. */
      end() {
        setTimeout(() => waiting.splice(0), timeout).unref();
      },
    };
  });
}

async function post(
  url: string,
  { epoch, logs }: EpochEnd,
  { field = 'data', headers = {}, sendAsJson = false }: RemoteMonitorOptions,
  timeout: number,
): Promise<void> {
  const json = JSON.stringify(encodeJson({ epoch, ...logs }));
  const response = await fetch(url, {
    method: 'POST',
    headers: sendAsJson ? { 'content-type': 'application/json', ...headers } : headers,
    body: sendAsJson ? json : new URLSearchParams({ [field]: json }),
    signal: AbortSignal.timeout(timeout),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
}

/** The cause says more than the "fetch failed" that stands before it. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
