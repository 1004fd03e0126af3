import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';
import type { Native, ProductTuning } from '../native/backend.js';
import { DataType, type TensorData } from '../native/dataType.js';
import { type DtypePolicy, policyInUse } from '../native/dtypePolicy.js';
import { AttributeType, typeAttribute } from '../native/executor.js';
import type { TensorValues } from '../native/nativeTensor.js';
import type { Pointer } from '../native/signatures.js';
import { TensorflowError } from '../native/status.js';
import { biasGradients } from './biasGradients.js';
import { completeNormalizations } from './completeNormalizations.js';
import { constantShapes } from './constantShapes.js';
import { eigenProducts } from './eigenProducts.js';
import { Graph, gradientsOperation, type Output } from './graph.js';
import { leakyReluGradients } from './leakyReluGradients.js';
import { pointwiseGradients } from './pointwiseGradients.js';
import { reluGradients } from './reluGradients.js';
import { Session } from './session.js';
import type { SessionCall } from './sessionCall.js';
import type { OperationTime } from './stepStats.js';
import { Tracer } from './tracer.js';
import { turnProducts } from './turnProducts.js';

/** Shape and TensorFlow data type of something that is fed at each run. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: number;
}

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

/** An array that stays in the session, to be read from inside traced functions. */
export interface ResidentArray extends InputSpec {
  readonly handle: Output;
}

/**
 * One graph and one session for functions that share variables: a training step, an evaluation, a prediction, each for
 * several input shapes. The values of the variables live in the session; {@link load} and {@link store} copy them from and to
 * the tfjs variables.
 */
export class Compiler {
  readonly graph: Graph;
  private readonly session: Session;
  private readonly tuning: ProductTuning;
  /** Whether it computes in bfloat16, where it does so at all. */
  private readonly isMixed: boolean;
  private readonly shards: number;
  private readonly handles = new Map<tf.Variable, Output>();
  private readonly assignments = new Map<Pointer, { readonly value: Output; readonly assign: Pointer }>();
  private readonly assignmentCalls = new Map<string, SessionCall>();
  private reading: SessionCall | undefined;
  private disposed = false;

  constructor(
    private readonly native: Native,
    private readonly variables: readonly tf.Variable[],
    { dtypePolicy = 'float32', shards = 1 }: CompilerOptions = {},
  ) {
    this.shards = shards;
    this.graph = new Graph(native.library);
    this.isMixed = policyInUse(dtypePolicy, native) === 'mixed_bfloat16';
    // oneDNN's products in bfloat16 are as quick as they are.
    this.tuning = this.isMixed ? 'none' : native.productTuning;
    this.session = new Session(native.library, this.graph, {
      ...native.config,
      mixedBfloat16: this.isMixed,
      ...(shards > 1 && { threads: 1, operations: Math.min(shards, availableParallelism()) }),
    });
    for (const variable of variables) {
      this.handles.set(variable, this.newHandle(DataType[variable.dtype], variable.shape));
    }
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
    this.tune(tracer);
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

  private tune({ jointNormalizations, toldNormalizations }: Tracer): void {
    const { graph, tuning } = this;
    const operations = graph.newOperations();
    completeNormalizations(graph, operations, jointNormalizations);
    if (tuning === 'turn') turnProducts(graph, operations);
    if (tuning === 'eigen') eigenProducts(graph, operations);
    if (tuning === 'none') return;
    pointwiseGradients(graph, operations);
    biasGradients(graph, operations);
    reluGradients(graph, operations, toldNormalizations);
    leakyReluGradients(graph, operations);
    constantShapes(graph, operations);
  }

  private trace(fn: (tracer: Tracer) => readonly tf.Tensor[]): { tracer: Tracer; fetches: Output[] } {
    const attempt = (useTape: boolean) => {
      const { backend, binding } = this.native;
      // tfjs's tape doesn't know that shards depend on each other.
      const options = { useTape, isMixed: this.isMixed, shards: useTape ? 1 : this.shards };
      const tracer = new Tracer(this.graph, backend, binding, this.handles, options);
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

  /** Puts an array into the session once. */
  async resident({ shape, dtype }: InputSpec, values: TensorValues): Promise<ResidentArray> {
    const handle = this.newHandle(dtype, shape);
    await this.assign([{ handle, shape, dtype, read: () => values }]);
    return { shape, dtype, handle };
  }

  /** Frees arrays that were put into the session; no function that reads them may run any more. Once disposed, they are gone. */
  async release(arrays: readonly ResidentArray[]): Promise<void> {
    if (this.disposed) return;
    const destroyed = arrays.map(({ handle }) =>
      this.graph.addOperation({ type: 'DestroyResourceOp', inputs: [handle] }),
    );
    await this.session.run(this.session.prepare([], [], destroyed), []);
  }

  /** Copies the values of tfjs's variables into the session. */
  async load(): Promise<void> {
    await this.assign(
      this.variables.map(variable => ({
        handle: this.handleOf(variable),
        ...specOf(variable),
        read: () => variable.dataSync() as unknown as TensorValues,
      })),
    );
  }

  /** Sets variables of the session alone; tfjs's keep their old values until {@link store}. */
  async write(values: ReadonlyMap<tf.Variable, TensorValues>): Promise<void> {
    await this.assign(
      [...values].map(([variable, value]) => ({
        handle: this.handleOf(variable),
        ...specOf(variable),
        read: () => value,
      })),
    );
  }

  /** The session's values of all variables, in the order in which they were named. */
  async read(): Promise<TensorData[]> {
    // TensorFlow refuses a run that fetches nothing.
    if (this.variables.length === 0) return [];
    this.reading ??= this.session.prepare(
      [],
      this.variables.map(variable => {
        const attributes = [typeAttribute('dtype', DataType[variable.dtype])];
        return this.graph.add({ type: 'ReadVariableOp', attributes, inputs: [this.handleOf(variable)] })[0];
      }),
      [],
    );
    return this.session.run(this.reading, []);
  }

  /** Copies the session's values into tfjs's variables; one that was disposed meanwhile needs none. */
  async store(): Promise<void> {
    const values = await this.read();
    for (const [i, variable] of this.variables.entries()) {
      if (variable.isDisposed) continue;
      tf.tidy(() => variable.assign(tf.tensor(values[i] as Float32Array, variable.shape, variable.dtype)));
    }
  }

  /** Waits for the running call and frees graph, session and all that lives in it. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await this.session.dispose();
    this.graph.dispose();
  }

  private handleOf(variable: tf.Variable): Output {
    return this.handles.get(variable) as Output;
  }

  private newHandle(dtype: number, shape: readonly number[]): Output {
    const name = `variable_${this.graph.operationCounts.get('VarHandleOp') ?? 0}`;
    const [handle] = this.graph.add({
      type: 'VarHandleOp',
      attributes: [
        typeAttribute('dtype', dtype),
        { name: 'shape', type: AttributeType.shape, value: shape },
        { name: 'shared_name', type: AttributeType.string, value: name },
      ],
    });
    return handle;
  }

  /** Many at once: for each new kind of call TensorFlow goes through the whole graph. */
  private async assign(values: readonly Assigned[]): Promise<void> {
    for (const parcel of parcels(values)) {
      const key = parcel.map(({ handle }) => handle.oper).join();
      let call = this.assignmentCalls.get(key);
      if (call === undefined) {
        const assignments = parcel.map(assigned => this.assignment(assigned));
        call = this.session.prepare(
          assignments.map(({ value }) => value),
          [],
          assignments.map(({ assign }) => assign),
        );
        this.assignmentCalls.set(key, call);
      }
      await this.session.run(
        call,
        parcel.map(({ read }) => read()),
      );
    }
  }

  private assignment({ handle, shape, dtype }: Assigned): { readonly value: Output; readonly assign: Pointer } {
    let assignment = this.assignments.get(handle.oper);
    if (assignment === undefined) {
      const value = this.graph.placeholder({ shape, dtype });
      const attributes = [typeAttribute('dtype', dtype)];
      const inputs = [handle, value];
      assignment = { value, assign: this.graph.addOperation({ type: 'AssignVariableOp', attributes, inputs }) };
      this.assignments.set(handle.oper, assignment);
    }
    return assignment;
  }
}

/** A variable of the session and what it is to hold; read when its turn comes. */
interface Assigned extends ResidentArray {
  read(): TensorValues;
}

/** Numbers handed over in one call: 64 MB of them stand in memory twice meanwhile. */
const maxParcel = 16 * 1024 * 1024;

/** As many in a parcel as stay within its limit; at least one. */
function* parcels(values: readonly Assigned[]): Generator<readonly Assigned[]> {
  let parcel: Assigned[] = [];
  let size = 0;
  for (const value of values) {
    if (parcel.length > 0 && size + sizeOf(value.shape) > maxParcel) {
      yield parcel;
      [parcel, size] = [[], 0];
    }
    parcel.push(value);
    size += sizeOf(value.shape);
  }
  if (parcel.length > 0) yield parcel;
}

const specOf = (variable: tf.Variable): InputSpec => ({ shape: variable.shape, dtype: DataType[variable.dtype] });
