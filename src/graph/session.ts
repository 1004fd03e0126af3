import { GradstreamError } from '../error/gradstreamError.js';
import type { TensorData } from '../native/dataType.js';
import type { Library } from '../native/library.js';
import type { TensorValues } from '../native/nativeTensor.js';
import { type SessionConfig, sessionConfig } from '../native/sessionConfig.js';
import type { Pointer } from '../native/signatures.js';
import { Status } from '../native/status.js';
import type { Graph, Output } from './graph.js';
import { SessionCall } from './sessionCall.js';
import type { OperationTime } from './stepStats.js';

let open = 0;

/** Sessions that are not disposed: for tests that nothing is left behind. */
export const openSessions = (): number => open;

/** A call came after `dispose`. */
export const compiledDisposed = (): GradstreamError =>
  new GradstreamError('This compiled function is disposed, its session freed: compile it anew to go on.');

/** Runs parts of one graph; variables of the graph live in here. */
export class Session {
  private readonly pointer: Pointer;
  private readonly calls = new Set<SessionCall>();
  private running: Promise<unknown> = Promise.resolve();
  private disposed = false;

  constructor(
    private readonly library: Library,
    graph: Graph,
    config: SessionConfig,
  ) {
    const status = new Status(library);
    const options = library.TF_NewSessionOptions();
    try {
      const bytes = sessionConfig(config);
      library.TF_SetConfig(options, bytes, bytes.length, status.pointer);
      status.check('the configuration of a session');
      this.pointer = library.TF_NewSession(graph.pointer, options, status.pointer);
      status.check('the start of a session');
      open++;
    } finally {
      library.TF_DeleteSessionOptions(options);
      status.dispose();
    }
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Prepares a call; the graph may grow afterwards. `targets` are operations that are run for their effect. */
  prepare(feeds: readonly Output[], fetches: readonly Output[], targets: readonly Pointer[]): SessionCall {
    const call = new SessionCall(this.library, this.pointer, feeds, fetches, targets);
    this.calls.add(call);
    return call;
  }

  /** Runs a call on another thread. Calls run one after the other, in the order they were made. */
  run(
    call: SessionCall,
    values: readonly TensorValues[],
    shapes?: readonly (readonly number[])[],
  ): Promise<TensorData[]> {
    return this.enqueue(() => call.run(values, shapes));
  }

  /** As {@link run}, and tells how long each kernel took. Slower than a plain run. */
  profile(call: SessionCall, values: readonly TensorValues[]): Promise<OperationTime[]> {
    return this.enqueue(() => call.profile(values));
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.disposed) return Promise.reject(compiledDisposed());
    const result = this.running.then(work);
    this.running = result.catch(() => undefined);
    return result;
  }

  /** Waits for the running call, then frees the session and everything that lives in it. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.running;
    for (const call of this.calls) call.dispose();
    const status = new Status(this.library);
    this.library.TF_CloseSession(this.pointer, status.pointer);
    this.library.TF_DeleteSession(this.pointer, status.pointer);
    open--;
    status.dispose();
  }
}
