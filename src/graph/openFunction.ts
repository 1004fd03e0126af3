import { createHash } from 'node:crypto';
import type * as tf from '@tensorflow/tfjs-core';
import type { Native } from '../native/backend.js';
import { DataType, type TensorData } from '../native/dataType.js';
import { type DtypePolicy, policyInUse } from '../native/dtypePolicy.js';
import { intAttribute, typeAttribute } from '../native/executor.js';
import type { TensorValues } from '../native/nativeTensor.js';
import { gradientConvolutions } from './gradientConvolutions.js';
import { Graph, type Output } from './graph.js';
import { NotTraceableError } from './notTraceableError.js';
import { Session } from './session.js';
import type { SessionCall } from './sessionCall.js';
import { Tracer } from './tracer.js';

/** An input whose size along some axes is settled at each run. */
export interface OpenInput {
  /** -1 stands for an open axis. */
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** How an {@link OpenFunction} is traced. */
export interface OpenTraceOptions {
  /** Two lists of sizes for the open axes, one size for each in the order of the inputs. */
  readonly examples: readonly [readonly number[], readonly number[]];
  /** How many copies of the function the graph has. Default: 1. */
  readonly copies?: number;
  /** Default: `float32`. */
  readonly dtypePolicy?: DtypePolicy;
}

/**
 * A function traced once for inputs of all sizes. Variables it reads become constants, there once whatever the number of
 * sizes, so that oneDNN keeps its own layout of a convolution's kernel instead of making it at each run.
 *
 * oneDNN keeps the layout that suits the first run best, and goes back to rearranging the kernel at each run of a size that
 * asks for another one. So there may be several copies of the function, each with layouts of its own.
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

  /** @throws NotTraceableError where it does something that a graph can't, or its graph depends on the open sizes */
  static trace(
    native: Native,
    inputs: readonly OpenInput[],
    { examples, copies = 1, dtypePolicy = 'float32' }: OpenTraceOptions,
    fn: (inputs: tf.Tensor[]) => readonly tf.Tensor[],
  ): OpenFunction {
    const trial = new Graph(native.library);
    let expected: string;
    try {
      expected = traceInto(trial, native, inputs, examples[0], 1, fn).fingerprint;
    } finally {
      trial.dispose();
    }
    const graph = new Graph(native.library);
    try {
      const { feeds, fetches, fingerprint } = traceInto(graph, native, inputs, examples[1], copies, fn);
      if (fingerprint !== expected) {
        throw new NotTraceableError(
          'its operations depend on the size of its inputs',
          'It is compiled once for each size.',
        );
      }
      gradientConvolutions(graph);
      const mixedBfloat16 = policyInUse(dtypePolicy, native) === 'mixed_bfloat16';
      const session = new Session(native.library, graph, { ...native.config, rewriteGraphs: false, mixedBfloat16 });
      return new OpenFunction(graph, session, session.prepare(feeds, fetches, []));
    } catch (error) {
      graph.dispose();
      throw error;
    }
  }

  /** One value and one shape for each input, in order; `copy` counts from 0. */
  run(values: readonly TensorValues[], shapes: readonly (readonly number[])[], copy = 0): Promise<TensorData[]> {
    return this.session.run(this.call, [...values, Int32Array.of(copy)], [...shapes, []]);
  }

  /** Waits for the running call and frees all. */
  async dispose(): Promise<void> {
    await this.session.dispose();
    this.graph.dispose();
  }
}

interface OpenTrace {
  /** The inputs, and the number of the copy. */
  readonly feeds: readonly Output[];
  readonly fetches: readonly Output[];
  /** Of the first copy. */
  readonly fingerprint: string;
}

function traceInto(
  graph: Graph,
  { backend, binding }: Native,
  inputs: readonly OpenInput[],
  sizes: readonly number[],
  copies: number,
  fn: (inputs: tf.Tensor[]) => readonly tf.Tensor[],
): OpenTrace {
  const hash = createHash('sha256');
  const tracer = new Tracer(graph, backend, binding, new Map(), { note: text => hash.update(text) });
  const open = inputs.map(input => graph.placeholder(input));
  const chosen = graph.placeholder({ shape: [], dtype: DataType.int32 });
  const shapes = shapesOf(inputs, sizes);
  let fingerprint = '';
  const results = tracer.trace(() =>
    Array.from({ length: copies }, (_, copy) => {
      // The sizes are known while the graph is built, and no part of it.
      const fed = gate(graph, open, chosen, copy).map((input, i) => graph.assumeShape(input, shapes[i]));
      const outputs = fn(fed.map(input => tracer.tensor(input))).map(result => tracer.output(result));
      if (copy === 0) fingerprint = hash.copy().digest('hex');
      return outputs;
    }),
  );
  const fetches = results[0].map((_, i) =>
    merge(
      graph,
      results.map(outputs => outputs[i]),
    ),
  );
  return { feeds: [...open, chosen], fetches, fingerprint };
}

/** The shapes of the inputs with a size for each open axis. */
function shapesOf(inputs: readonly OpenInput[], sizes: readonly number[]): number[][] {
  const rest = [...sizes];
  return inputs.map(({ shape }) => shape.map(size => (size === -1 ? (rest.shift() as number) : size)));
}

/** The inputs as they come to one of the copies: what depends on them runs where that copy is chosen. */
function gate(graph: Graph, inputs: readonly Output[], chosen: Output, copy: number): Output[] {
  const [isChosen] = graph.add({
    type: 'Equal',
    attributes: [typeAttribute('T', DataType.int32)],
    inputs: [chosen, graph.constant(DataType.int32, [], Int32Array.of(copy))],
  });
  return inputs.map(
    input => graph.add({ type: 'Switch', attributes: [typeAttribute('T', input.dtype)], inputs: [input, isChosen] })[1],
  );
}

/** What the copy that has run gives. */
function merge(graph: Graph, outputs: readonly Output[]): Output {
  const attributes = [typeAttribute('T', outputs[0].dtype), intAttribute('N', outputs.length)];
  return graph.add({ type: 'Merge', attributes, inputs: [outputs] })[0];
}
