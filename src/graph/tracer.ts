import * as tf from '@tensorflow/tfjs-core';
import type { Binding } from '../native/binding.js';
import { DataType, type TensorData, viewAs } from '../native/dataType.js';
import { type Executor, nextTensorId, type OpAttribute, type TensorMetadata } from '../native/executor.js';
import type { NativeBackend } from '../native/nativeBackend.js';
import type { TensorValues } from '../native/nativeTensor.js';
import type { Pointer } from '../native/signatures.js';
import { behind } from './behind.js';
import type { Graph, Operation, Output } from './graph.js';
import { LentVariables } from './lentVariables.js';
import { NotTraceableError } from './notTraceableError.js';
import { refuseAssignments } from './refuseAssignments.js';
import { refuseDilatedConvolutions } from './refuseDilatedConvolutions.js';
import { refuseVariables } from './refuseVariables.js';
import { type RewriteContext, rewriteRules } from './rewriteRules.js';
import type { WatchedNormalization } from './tellNaN.js';

/** Largest constant, in elements, that is looked for among the earlier ones. */
const smallConstant = 64;

let active: Tracer | undefined;

/** The trace that is going on, or undefined where tfjs's operations are really carried out. */
export const currentTracer = (): Tracer | undefined => active;

export interface TracerOptions {
  /** Whether gradients have to come from tfjs's tape. Default false. */
  readonly useTape?: boolean;
  /** Whether TensorFlow will put operations into bfloat16. Default false. */
  readonly isMixed?: boolean;
  /** Into how many shards a learner's batch is cut. Default 1. */
  readonly shards?: number;
  /** Is told all that goes into the graph: two traces that tell the same made the same graph. */
  readonly note?: ((text: string | Uint8Array) => void) | undefined;
}

/**
 * Notes down in a graph what a function asks of tfjs, instead of doing it. Tensors inside are symbols: shape and dtype are
 * known, values are not. Variables are read from and written to the session that will run the graph.
 */
export class Tracer implements Executor {
  readonly useTape: boolean;
  readonly isMixed: boolean;
  readonly shards: number;
  private readonly note: TracerOptions['note'];
  /** By the mean that the shards of a batch have in common: epsilon of the batch normalization whose gradients are to be completed. */
  readonly jointNormalizations = new Map<Pointer, number>();
  /** Normalizations of the step that is traced, until its loss tells where one isn't finite. */
  readonly watchedNormalizations: WatchedNormalization[] = [];
  /** Operations of normalizations whose step has a loss that is NaN where they aren't finite. */
  readonly toldNormalizations = new Set<Pointer>();
  private readonly outputs = new Map<number, Output>();
  /** Of tensors from outside: what stands for them here. */
  private readonly taken = new Map<number, Output>();
  private readonly constants = new Map<number, TensorValues>();
  private readonly constantOutputs = new Map<string, Output>();
  private readonly producers = new Map<string, Operation>();
  private readonly lent: LentVariables;
  private readonly numbers = new Map<Pointer, number>();

  constructor(
    readonly graph: Graph,
    private readonly backend: NativeBackend,
    private readonly binding: Binding,
    private readonly handles: ReadonlyMap<tf.Variable, Output>,
    { useTape = false, isMixed = false, shards = 1, note }: TracerOptions = {},
  ) {
    this.useTape = useTape;
    this.isMixed = isMixed;
    this.shards = shards;
    this.note = note;
    this.lent = new LentVariables(this, backend, handles);
  }

  /** Operations that change variables; to be run with whatever is fetched. */
  get updates(): readonly Pointer[] {
    return this.lent.updates;
  }

  /** Traces one call; afterwards all is as before it, whatever happened inside. */
  trace<T>(call: (tracer: Tracer) => T): T {
    if (active !== undefined)
      throw new NotTraceableError(
        'one compiled function calls another',
        'Call the function that was compiled instead.',
      );
    const random = Math.random;
    active = this;
    Math.random = refuseRandom;
    tf.engine().startScope('trace');
    try {
      return this.binding.during(this, () => {
        const restore = this.lent.lend();
        const allowAssignments = refuseAssignments(variable => this.handles.has(variable), refuseUnknown);
        const allowVariables = refuseVariables(refuseNew);
        try {
          const result = call(this);
          this.lent.noteAssignments();
          return result;
        } finally {
          allowVariables();
          allowAssignments();
          restore();
          tf.engine().endScope();
        }
      });
    } finally {
      Math.random = random;
      active = undefined;
    }
  }

  /** Adds an operation by hand: for kernels that tfjs doesn't know. */
  add(type: string, attributes: readonly OpAttribute[], inputs: readonly Output[]): Output[] {
    return this.addOperation({ type, attributes, inputs });
  }

  /** The symbol of an output, as a tensor that tfjs can go on with. */
  tensor(output: Output): tf.Tensor {
    return this.backend.createOutputTensor(this.describe(output));
  }

  /** What stands in the graph for a tensor. */
  output(tensor: tf.Tensor): Output {
    const [id] = this.backend.getInputTensorIds([tensor]);
    return this.outputOf(id);
  }

  /** A change of a variable by one of TensorFlow's own in-place kernels; the variable's handle comes first. */
  update(variable: tf.Variable, type: string, attributes: readonly OpAttribute[], inputs: readonly Output[]): void {
    this.lent.update(variable, type, attributes, inputs);
  }

  /** Ends a step: what is traced from here on reads the variables as they are after all its updates. */
  nextStep(): void {
    this.lent.nextStep();
  }

  /** Tells of a batch normalization whose shards have this mean in common. */
  normalizedTogether(mean: tf.Tensor, epsilon: number): void {
    this.jointNormalizations.set(this.output(mean).oper, epsilon);
  }

  /** Handle of a variable in the session. */
  handle(variable: tf.Variable): Output {
    return this.handles.get(variable) ?? refuseUnknown(variable);
  }

  /**
   * Gradients of a scalar by TensorFlow's C++ rules, by variables (their values when the step began) and traced tensors; null
   * where the loss doesn't depend on one.
   */
  gradients(loss: tf.Scalar, by: readonly tf.Tensor[]): (tf.Tensor | null)[] {
    const y = this.output(loss);
    const xs = by.map(x => (x instanceof tf.Variable && this.lent.before(x)) || this.output(x));
    const operations = behind(y, output => this.producers.get(keyOf(output)));
    refuseDilatedConvolutions(operations.values());
    // TensorFlow refuses all of them where one is asked for in vain.
    const reached = xs.filter(({ oper }) => operations.has(oper));
    this.note?.(`gradients ${this.nameOf(y)} by ${reached.map(x => this.nameOf(x))}\n`);
    const gradients = this.graph.gradients(y, reached);
    // TensorFlow alone knows the way to them: it goes through what their loss came from.
    for (const gradient of gradients) {
      if (gradient !== null) this.producers.set(keyOf(gradient), { type: 'a gradient', inputs: [y, ...reached] });
    }
    return xs.map(x => {
      const gradient = gradients[reached.indexOf(x)] ?? null;
      return gradient === null ? null : this.tensor(gradient);
    });
  }

  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number {
    const output = this.constantOutput(shape, dtype, values);
    const id = this.insert(output);
    this.constants.set(id, values);
    return id;
  }

  deleteTensor(id: number): void {
    if (!this.outputs.delete(id)) this.binding.eager.deleteTensor(id);
    this.constants.delete(id);
  }

  readTensor(id: number): TensorData | Uint8Array[] {
    const output = this.outputs.get(id);
    if (output === undefined) return this.binding.eager.readTensor(id);
    const values = this.constants.get(id);
    if (values === undefined) {
      const operation = this.producers.get(keyOf(output))?.type ?? 'an input';
      throw new NotTraceableError(
        `it reads the values of a tensor (made by ${operation}) on the host`,
        'Leave out dataSync, arraySync, print and the like, or compute with tensors only.',
      );
    }
    if (Array.isArray(values)) return values;
    const view = values as ArrayBufferView;
    return viewAs(output.dtype, view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
  }

  execute(
    type: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    _outputs: number,
  ): TensorMetadata[] {
    if (type === 'Multinomial') refuseCounting();
    const inputs = ids.map(id => this.outputOf(id));
    const outputs = this.rewrite({ type, attributes, inputs: asLists(attributes, inputs) });
    // Side outputs (a kernel's reserved space) may stay open; nothing is computed from their shapes.
    if (outputs[0]?.shape.includes(-1)) {
      throw new NotTraceableError(
        `the shape of what ${type} gives depends on its input's values`,
        'Use operations with fixed shapes.',
      );
    }
    return outputs.map(output => this.describe(output));
  }

  /** Adds an operation, or what the first fitting rule puts in its place. */
  private rewrite(operation: Operation): Output[] {
    for (const rule of rewriteRules) {
      const outputs = rule(operation, this.rewriteContext);
      if (outputs !== undefined) return outputs;
    }
    return this.addOperation(operation);
  }

  private readonly rewriteContext: RewriteContext = {
    producer: output => this.producers.get(keyOf(output)),
    add: operation => this.rewrite(operation),
    constant: values => this.constantOutput([values.length], DataType.int32, values),
  };

  private addOperation(operation: Operation): Output[] {
    const { type, attributes = [], inputs = [] } = operation;
    const outputs = this.graph.add(operation);
    this.note?.(`${type} ${JSON.stringify(attributes)} ${inputs.flat().map(input => this.nameOf(input as Output))}\n`);
    for (const output of outputs) this.producers.set(keyOf(output), operation);
    return outputs;
  }

  private describe(output: Output): TensorMetadata {
    return { id: this.insert(output), shape: [...output.shape], dtype: output.dtype };
  }

  private insert(output: Output): number {
    const id = nextTensorId();
    this.outputs.set(id, output);
    return id;
  }

  /** A tensor from outside that is no variable is taken by value. */
  private outputOf(id: number): Output {
    const known = this.outputs.get(id) ?? this.taken.get(id);
    if (known !== undefined) return known;
    const { shape, dtype } = this.binding.eager.describeTensor(id);
    const output = this.graph.constant(dtype, shape, this.binding.eager.readTensor(id) as TensorValues);
    this.note?.(`tensor ${id}: ${this.nameOf(output)}\n`);
    this.taken.set(id, output);
    return output;
  }

  private constantOutput(shape: readonly number[], dtype: number, values: TensorValues): Output {
    if (dtype === DataType.string || (values as TensorData).length > smallConstant) {
      return this.newConstant(shape, dtype, values);
    }
    const { buffer, byteOffset, byteLength } = values as TensorData;
    // By bytes: as text 0 and −0 are the same.
    const key = `${dtype}:${shape}:${new Uint8Array(buffer, byteOffset, byteLength)}`;
    let output = this.constantOutputs.get(key);
    if (output === undefined) {
      output = this.newConstant(shape, dtype, values);
      this.constantOutputs.set(key, output);
      if (values instanceof Int32Array) this.producers.set(keyOf(output), { type: 'Const', value: values });
    }
    return output;
  }

  private newConstant(shape: readonly number[], dtype: number, values: TensorValues): Output {
    const output = this.graph.constant(dtype, shape, values);
    if (this.note === undefined) return output;
    this.note(`constant ${dtype} [${shape}] ${this.nameOf(output)}\n`);
    for (const bytes of ArrayBuffer.isView(values) ? [values] : values) {
      this.note(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    return output;
  }

  /** The same for the same place in two traces. */
  private nameOf({ oper, index }: Output): string {
    const number = this.numbers.get(oper) ?? this.numbers.size;
    this.numbers.set(oper, number);
    return `${number}:${index}`;
  }
}

const keyOf = ({ oper, index }: Output): string => `${oper}:${index}`;

/** An attribute `N` says that the first N inputs are one list. */
function asLists(attributes: readonly OpAttribute[], inputs: readonly Output[]): (Output | readonly Output[])[] {
  const count = attributes.find(({ name }) => name === 'N')?.value;
  return typeof count === 'number' ? [inputs.slice(0, count), ...inputs.slice(count)] : [...inputs];
}

function refuseUnknown({ name }: tf.Variable): never {
  throw new NotTraceableError(`it changes the variable '${name}', which it wasn't told of`, "Name it in 'variables'.");
}

function refuseNew(): never {
  throw new NotTraceableError(
    "it makes a variable, as TensorFlow.js's optimizers do at their first step",
    "Make it outside, and name it in 'variables'.",
  );
}

/** Of a sampling kernel that counts its calls. */
function refuseCounting(): never {
  throw new NotTraceableError(
    'it samples by tf.multinomial, which in a graph draws on at each call, whatever its seed',
    "Draw by gradstream's statelessUniform, such as the largest of logits minus log(−log(uniform)).",
  );
}

function refuseRandom(): never {
  throw new NotTraceableError(
    'it draws random numbers in JavaScript, which would be the same ones at every step',
    "Use gradstream's statelessUniform or keepMask, or a Dropout layer.",
  );
}
