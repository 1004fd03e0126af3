import { availableParallelism } from 'node:os';
import type * as tf from '@tensorflow/tfjs-core';
import type { Native, ProductTuning } from '../native/backend.js';
import type { TensorData } from '../native/dataType.js';
import { type DtypePolicy, policyInUse } from '../native/dtypePolicy.js';
import { typeAttribute } from '../native/executor.js';
import type { TensorValues } from '../native/nativeTensor.js';
import type { Pointer } from '../native/signatures.js';
import { TensorflowError } from '../native/status.js';
import { biasGradients } from './biasGradients.js';
import { completeNormalizations } from './completeNormalizations.js';
import { constantShapes } from './constantShapes.js';
import { eigenProducts } from './eigenProducts.js';
import { fuseActivations } from './fuseActivations.js';
import { fuseNormalizations } from './fuseNormalizations.js';
import { Graph, gradientsOperation, type InputSpec, type Output } from './graph.js';
import { jointProducts } from './jointProducts.js';
import { kernelGradients } from './kernelGradients.js';
import { leakyReluGradients } from './leakyReluGradients.js';
import { leanGradients } from './leanGradients.js';
import { pointwiseGradients } from './pointwiseGradients.js';
import { reluGradients } from './reluGradients.js';
import { Session } from './session.js';
import { SessionVariables } from './sessionVariables.js';
import type { OperationTime } from './stepStats.js';
import { Tracer } from './tracer.js';
import { turnProducts } from './turnProducts.js';

/** A traced function: feeds in, results out, variables changed on the way. */
export interface CompiledFunction {
  readonly outputShapes: readonly (readonly number[])[];
  /** One value for each input, in order; resolves to one array for each result. */
  run(values: readonly TensorValues[]): Promise<TensorData[]>;
  /** One run, with the time of each kernel. */
  profile(values: readonly TensorValues[]): Promise<OperationTime[]>;
}

export interface CompilerOptions {
  /** Default: `float32`. */
  readonly dtypePolicy?: DtypePolicy;
  /** Into how many shards learners cut a batch. Each operation has one thread then, and so many run side by side. Default: 1. */
  readonly shards?: number;
}

/**
 * One graph and one session for functions that share variables: a training step, an evaluation, a prediction, each for
 * several input shapes.
 */
export class Compiler {
  readonly graph: Graph;
  readonly variables: SessionVariables;
  private readonly session: Session;
  private readonly tuning: ProductTuning;
  /** Whether it computes in bfloat16, where it does so at all. */
  private readonly isMixed: boolean;
  private readonly shards: number;
  /** Of an operation. */
  private readonly threads: number;

  constructor(
    private readonly native: Native,
    variables: readonly tf.Variable[],
    { dtypePolicy = 'float32', shards = 1 }: CompilerOptions = {},
  ) {
    this.shards = shards;
    this.threads = shards > 1 ? 1 : (native.config.threads ?? availableParallelism());
    this.graph = new Graph(native.library);
    this.isMixed = policyInUse(dtypePolicy, native) === 'mixed_bfloat16';
    // oneDNN's products in bfloat16 are as quick as they are.
    this.tuning = this.isMixed ? 'none' : native.productTuning;
    this.session = new Session(native.library, this.graph, {
      ...native.config,
      mixedBfloat16: this.isMixed,
      // What it does for a step takes `tune` a fraction of the time.
      rewriteGraphs: this.tuning === 'none',
      // Of two threads one that spins slows the other down. With AVX-512 it doesn't, and more threads weren't measured.
      spinning: this.tuning !== 'eigen' || this.threads > 2 || shards > 1,
      ...(shards > 1 && { threads: 1, operations: Math.min(shards, availableParallelism()) }),
    });
    this.variables = new SessionVariables(this.graph, this.session, variables);
  }

  /**
   * Traces a function. Inputs and results are tensors of tfjs; nothing is executed.
   *
   * @throws NotTraceableError where it does something that a graph can't; the variables are then as before.
   */
  compile(
    inputs: readonly InputSpec[],
    fn: (inputs: tf.Tensor[], tracer: Tracer) => readonly tf.Tensor[],
  ): CompiledFunction {
    const feeds = inputs.map(input => this.graph.placeholder(input));
    const { tracer, fetches } = this.trace(tracer =>
      fn(
        feeds.map(feed => tracer.tensor(feed)),
        tracer,
      ),
    );
    this.tune(tracer, new Set(fetches.map(({ oper }) => oper)));
    // TensorFlow refuses a run that fetches and does nothing.
    const targets =
      tracer.updates.length === 0 && fetches.length > 0
        ? []
        : [this.graph.addOperation({ type: 'NoOp', after: tracer.updates })];
    const call = this.session.prepare(
      feeds,
      fetches.map(fetch => this.besideFeeds(fetch, feeds)),
      targets,
    );
    return {
      outputShapes: fetches.map(({ shape }) => shape),
      run: values => this.session.run(call, values),
      profile: values => this.session.profile(call, values),
    };
  }

  /** TensorFlow refuses to fetch what it is fed: of an input that is a result, too, a copy is. */
  private besideFeeds(fetch: Output, feeds: readonly Output[]): Output {
    if (!feeds.some(({ oper }) => oper === fetch.oper)) return fetch;
    return this.graph.add({ type: 'Identity', attributes: [typeAttribute('T', fetch.dtype)], inputs: [fetch] })[0];
  }

  private tune({ jointNormalizations, toldNormalizations }: Tracer, fetched: ReadonlySet<Pointer>): void {
    const { graph, tuning } = this;
    const operations = graph.newOperations();
    completeNormalizations(graph, operations, jointNormalizations);
    if (tuning === 'turn') turnProducts(graph, operations);
    if (tuning === 'eigen') eigenProducts(graph, operations);
    if (tuning === 'none') return;
    pointwiseGradients(graph, operations);
    if (tuning === 'eigen') kernelGradients(graph, operations, this.threads);
    if (tuning === 'eigen' && this.shards > 1) jointProducts(graph, operations);
    biasGradients(graph, operations);
    reluGradients(graph, operations, toldNormalizations);
    leakyReluGradients(graph, operations);
    constantShapes(graph, operations);
    leanGradients(graph, operations);
    fuseNormalizations(graph, operations, fetched);
    fuseActivations(graph, operations, fetched);
  }

  private trace(fn: (tracer: Tracer) => readonly tf.Tensor[]): { tracer: Tracer; fetches: Output[] } {
    const attempt = (useTape: boolean) => {
      const { backend, binding } = this.native;
      // tfjs's tape doesn't know that shards depend on each other.
      const options = { useTape, isMixed: this.isMixed, shards: useTape ? 1 : this.shards };
      const tracer = new Tracer(this.graph, backend, binding, this.variables.handles, options);
      return { tracer, fetches: tracer.trace(() => fn(tracer).map(result => tracer.output(result))) };
    };
    try {
      return attempt(false);
    } catch (error) {
      // TensorFlow has no C++ gradient for a few operations. What the first attempt left in the graph is never run.
      if (error instanceof TensorflowError && error.operation === gradientsOperation) return attempt(true);
      throw error;
    }
  }

  /** Waits for the running call and frees graph, session and all that lives in it. */
  async dispose(): Promise<void> {
    await this.session.dispose();
    this.graph.dispose();
  }
}
