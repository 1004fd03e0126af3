import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkCount } from '../src/error/checkCount.js';
import { checkNames } from '../src/error/checkNames.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { TrainEvent } from '../src/event/trainEvent.js';
import { RunBroadcast } from '../src/view/runBroadcast.js';
import { reportProblem, sideEffect } from './internal/sideEffect.js';

export interface LiveViewOptions {
  /** 0 takes any that is free. Default: 6007, or any where that is in use. */
  readonly port?: number;
  /** Address to listen at; `0.0.0.0` lets other machines look on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** Channels of the pictures that events of `filterPictures` have; a VGG's are BGR. Default: `rgb`. */
  readonly channelOrder?: 'rgb' | 'bgr';
  /**
   * Where a dashboard of your own comes from that reads `/events` in a browser, such as `http://localhost:5173`; `*`: any page may read them.
   * Default: none but the page beside them. Programs need no leave.
   */
  readonly allowOrigin?: string;
  /** Told the page's address. Default: it is said on standard error. */
  readonly onListening?: (url: string) => void;
}

/** Beside TensorBoard's 6006. */
const PORT = 6007;

/**
 * Shows a run in a browser while it goes on: progress, curves of loss and metrics, the learning rate, checkpoints, what
 * controllers did, warnings; of `filterPictures` the pictures, and where it has `preview` how they come about. No Python, and
 * nothing from the network: the run itself serves the page.
 *
 * ```
 * events:     -r-s-s-s-v-e-|
 * liveView(): -r-s-s-s-v-e-|
 * ```
 *
 * The address serves as long as the subscription lasts; a page that is open keeps what it has, and shows the next run of the
 * address. Beside the page, `/events` has the events as server-sent ones of type `train`, for dashboards of your own: first
 * those that were, from `runStart` on, then each as it comes, of steps ten a second. In a browser:
 *
 * ```js
 * const events = new EventSource('http://127.0.0.1:6007/events'); // and liveView({ allowOrigin: 'http://localhost:5173' })
 * events.addEventListener('train', ({ data }) => show(JSON.parse(data)));
 * ```
 *
 * *Backpressure:* the run never waits. Who reads too slowly misses steps.
 * *Errors:* those of the source pass through; an address that can't be had is reported on standard error, once.
 *
 * ## Example
 * ```ts
 * import { of } from 'rxjs';
 * import { liveView } from 'gradstream/operators';
 * import { epochEnd, runStart, stepEvent } from 'gradstream/testing';
 *
 * of(runStart(), stepEvent(), epochEnd()).pipe(liveView({ port: 8080 })).subscribe(); // http://127.0.0.1:8080/
 * ```
 *
 * @param options where the page is.
 * @returns An operator that passes events on.
 * @throws InvalidArgumentError where the port is none.
 */
export function liveView<Event extends TrainEvent>(options: LiveViewOptions = {}): MonoTypeOperatorFunction<Event> {
  const { port, host = '127.0.0.1', channelOrder = 'rgb', allowOrigin, onListening = tell } = options;
  if (port !== undefined) checkPort(port);
  checkNames('channel order', [channelOrder], ['rgb', 'bgr']);
  return sideEffect('liveView', () => {
    const page = readFileSync(createRequire(import.meta.url).resolve('#live-view'), 'utf8');
    const broadcast = new RunBroadcast({ host, page, channelOrder, allowOrigin });
    const listening = listen(broadcast, port)
      .then(onListening)
      .catch((error: unknown) => reportProblem('liveView', error));
    return { next: event => broadcast.send(event), end: () => void listening.then(() => broadcast.close()) };
  });
}

function checkPort(port: number): void {
  checkCount('liveView', { port });
  if (port > 65535) throw new InvalidArgumentError(`liveView: port must be at most 65535, got ${port}.`);
}

/** A port that nobody asked for by number may be another one. */
function listen(broadcast: RunBroadcast, port: number | undefined): Promise<string> {
  return port === undefined ? broadcast.listen(PORT).catch(() => broadcast.listen(0)) : broadcast.listen(port);
}

const tell = (url: string): void => void process.stderr.write(`Live view: ${url}\n`);
