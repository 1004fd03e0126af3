import { createHash } from 'node:crypto';
import type * as tf from '@tensorflow/tfjs-core';
import type { Native } from '../native/backend.js';
import type { TensorData } from '../native/dataType.js';
import type { TensorValues } from '../native/nativeTensor.js';
import { Graph, type Output } from './graph.js';
import { NotTraceableError } from './notTraceableError.js';
import { Session, type SessionCall } from './session.js';
import { Tracer } from './tracer.js';

/** An input whose size along some axes is settled at each run. */
export interface OpenInput {
  /** -1 stands for an open axis. */
  readonly shape: readonly number[];
  readonly dtype: number;
}

/**
 * A function traced once for inputs of all sizes. Variables it reads become constants, there once whatever the number of
 * sizes, so that oneDNN keeps its own layout of a convolution's kernel instead of making it at each run.
 *
 * A trace sees fixed shapes. That its graph doesn't depend on them is found out by tracing twice, with other sizes: equal
 * graphs serve any size.
 */
export class OpenFunction {
  private constructor(
    private readonly graph: Graph,
    private readonly session: Session,
    private readonly call: SessionCall,
  ) {}

  /**
   * @param examples two lists of sizes for the open axes, one size for each in the order of the inputs
   * @throws NotTraceableError where it does something that a graph can't, or its graph depends on the open sizes
   */
  static trace(
    native: Native,
    inputs: readonly OpenInput[],
    examples: readonly [readonly number[], readonly number[]],
    fn: (inputs: tf.Tensor[]) => readonly tf.Tensor[],
  ): OpenFunction {
    const trial = new Graph(native.library);
    let expected: string;
    try {
      expected = traceInto(trial, native, inputs, examples[0], fn).fingerprint;
    } finally {
      trial.dispose();
    }
    const graph = new Graph(native.library);
    try {
      const { feeds, fetches, fingerprint } = traceInto(graph, native, inputs, examples[1], fn);
      if (fingerprint !== expected) {
        throw new NotTraceableError(
          'its operations depend on the size of its inputs',
          'It is compiled once for each size.',
        );
      }
      const session = new Session(native.library, graph, native.config);
      return new OpenFunction(graph, session, session.prepare(feeds, fetches, []));
    } catch (error) {
      graph.dispose();
      throw error;
    }
  }

  /** One value and one shape for each input, in order. */
  run(values: readonly TensorValues[], shapes: readonly (readonly number[])[]): Promise<TensorData[]> {
    return this.session.run(this.call, values, shapes);
  }

  /** Waits for the running call and frees all. */
  async dispose(): Promise<void> {
    await this.session.dispose();
    this.graph.dispose();
  }
}

interface OpenTrace {
  readonly feeds: readonly Output[];
  readonly fetches: readonly Output[];
  readonly fingerprint: string;
}

function traceInto(
  graph: Graph,
  { backend, binding }: Native,
  inputs: readonly OpenInput[],
  sizes: readonly number[],
  fn: (inputs: tf.Tensor[]) => readonly tf.Tensor[],
): OpenTrace {
  const hash = createHash('sha256');
  const rest = [...sizes];
  // The sizes are known while the graph is built, and no part of it.
  const feeds = inputs.map(input =>
    graph.assumeShape(
      graph.placeholder(input),
      input.shape.map(size => (size === -1 ? (rest.shift() as number) : size)),
    ),
  );
  const tracer = new Tracer(graph, backend, binding, new Map(), false, note => hash.update(note));
  const fetches = tracer.trace(() => fn(feeds.map(feed => tracer.tensor(feed))).map(result => tracer.output(result)));
  return { feeds, fetches, fingerprint: hash.digest('hex') };
}
