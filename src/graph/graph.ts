import { isList } from '../array/isList.js';
import { graphAttributes, type SetAttribute } from '../native/attributes.js';
import { type OpAttribute, shapeAttribute, typeAttribute } from '../native/executor.js';
import type { Library } from '../native/library.js';
import { newTensor, readTensor, type TensorValues } from '../native/nativeTensor.js';
import type { GraphOutput, Pointer } from '../native/signatures.js';
import { Status } from '../native/status.js';

/** Shape and TensorFlow data type. */
export interface InputSpec {
  /** -1 stands for a dimension that depends on data, or is open. */
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** One output of an operation in the graph, with what TensorFlow's shape inference says of it. */
export interface Output extends GraphOutput, InputSpec {}

/** An operation to add. */
export interface Operation {
  readonly type: string;
  readonly attributes?: readonly OpAttribute[];
  /** A nested list is one list input (`ConcatV2`, `Pack`, `AddN`). */
  readonly inputs?: readonly (Output | readonly Output[])[];
  /** Operations that have to run before this one. */
  readonly after?: readonly Pointer[];
  /** Of a constant vector of whole numbers (a shape, axes): its values. */
  readonly value?: Int32Array;
}

/** How errors name a missing gradient. */
export const gradientsOperation = 'the gradients of the loss';

/** A TensorFlow graph under construction: operations go in one by one, nothing is executed. */
export class Graph {
  readonly pointer: Pointer;
  private readonly counts = new Map<string, number>();
  /** Where {@link newOperations} goes on. */
  private readonly position = new BigUint64Array(1);
  private found = 0;
  private readonly status: Status;
  private readonly setAttribute: SetAttribute;

  constructor(private readonly library: Library) {
    this.pointer = library.TF_NewGraph();
    this.status = new Status(library);
    this.setAttribute = graphAttributes(library);
  }

  /** How many operations of each type were added. */
  get operationCounts(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** How many operations {@link newOperations} has told of. */
  get size(): number {
    return this.found;
  }

  /**
   * Adds an operation; attributes without a value take their defaults.
   *
   * @throws TensorflowError with TensorFlow's own message where types or shapes don't fit.
   */
  add(operation: Operation): Output[] {
    return this.outputs(this.addOperation(operation));
  }

  /** As {@link add}, for operations that have no outputs or are only waited for. */
  addOperation({ type, attributes = [], inputs = [], after = [] }: Operation): Pointer {
    const { library, status } = this;
    const count = this.counts.get(type) ?? 0;
    // No name may begin as the types of TensorFlow's own operations do.
    const name = type.replace(/^_/, '');
    const description = library.TF_NewOperation(this.pointer, type, count === 0 ? name : `${name}_${count}`);
    this.counts.set(type, count + 1);
    for (const attribute of attributes) this.setAttribute(description, attribute, status);
    for (const input of inputs) {
      if (isList(input)) library.TF_AddInputList(description, packOutputs(input), input.length);
      else library.TF_AddInput(description, input);
    }
    for (const earlier of after) library.TF_AddControlInput(description, earlier);
    const pointer = library.TF_FinishOperation(description, status.pointer);
    status.check(type);
    return pointer;
  }

  /** What is fed at each run; -1 stands for an axis of any size. */
  placeholder({ shape, dtype }: InputSpec): Output {
    const attributes = [typeAttribute('dtype', dtype), shapeAttribute('shape', shape)];
    return this.add({ type: 'Placeholder', attributes })[0];
  }

  /** A constant with a copy of the values. */
  constant(dtype: number, shape: readonly number[], values: TensorValues): Output {
    const { library, status } = this;
    const count = this.counts.get('Const') ?? 0;
    const tensor = newTensor(library, dtype, shape, values);
    try {
      const description = library.TF_NewOperation(this.pointer, 'Const', `Const_${count}`);
      this.counts.set('Const', count + 1);
      library.TF_SetAttrType(description, 'dtype', dtype);
      library.TF_SetAttrTensor(description, 'value', tensor, status.pointer);
      const oper = library.TF_FinishOperation(description, status.pointer);
      status.check('Const');
      return { oper, index: 0, shape: [...shape], dtype };
    } finally {
      library.TF_DeleteTensor(tensor);
    }
  }

  /**
   * Adds the gradients of the scalar `y` by TensorFlow's own rules, each of its x's shape; null where what is on the way to an x
   * lets none through.
   *
   * @throws TensorflowError where an operation on the way has no gradient registered in C++, or there is no way
   */
  gradients(y: Output, xs: readonly Output[]): (Output | null)[] {
    const { library, status } = this;
    const found = new BigUint64Array(xs.length * 2);
    library.TF_AddGradients(this.pointer, packOutputs([y]), 1, packOutputs(xs), xs.length, null, status.pointer, found);
    status.check(gradientsOperation);
    return xs.map(({ shape }, i) => {
      if (found[2 * i] === 0n) return null;
      // Shape inference gives up behind some gradient operations.
      return this.assumeShape(unpackOutput(found, i), shape);
    });
  }

  /** Tells shape inference a shape that it can't find out; what runs doesn't depend on it. */
  assumeShape({ oper, index }: GraphOutput, shape: readonly number[]): Output {
    const { library, status } = this;
    const dims = BigInt64Array.from(shape, BigInt);
    library.TF_GraphSetTensorShape(this.pointer, { oper, index }, dims, shape.length, status.pointer);
    status.check('the shape of an output');
    return this.describe(oper, index);
  }

  /** Operations that came in since the last call, those of gradients too. */
  newOperations(): Pointer[] {
    const found: Pointer[] = [];
    for (;;) {
      const operation = this.library.TF_GraphNextOperation(this.pointer, this.position);
      if (operation === null) break;
      found.push(operation);
    }
    this.found += found.length;
    return found;
  }

  /** What comes in at an operation's input. */
  input(oper: Pointer, index: number): Output {
    const source = this.library.TF_OperationInput({ oper, index });
    return this.describe(source.oper, source.index);
  }

  /** What comes in at all of an operation's inputs, those of a list one by one. */
  inputs(oper: Pointer): Output[] {
    return Array.from({ length: this.library.TF_OperationNumInputs(oper) }, (_, index) => this.input(oper, index));
  }

  /** Type of an operation, such as `Const`. */
  type(oper: Pointer): string {
    return this.library.TF_OperationOpType(oper);
  }

  /** A copy of what a constant holds. */
  constantValues({ oper }: GraphOutput): TensorValues {
    const { library, status } = this;
    const found = new BigUint64Array(1);
    library.TF_OperationGetAttrTensor(oper, 'value', found, status.pointer);
    status.check('the values of a constant');
    try {
      return readTensor(library, found[0]);
    } finally {
      library.TF_DeleteTensor(found[0]);
    }
  }

  /** Value of an attribute that is true or false. */
  flag(oper: Pointer, name: string): boolean {
    const value = new Uint8Array(1);
    this.library.TF_OperationGetAttrBool(oper, name, value, this.status.pointer);
    this.status.check(name);
    return value[0] !== 0;
  }

  /** Value of an attribute that is a number. */
  number(oper: Pointer, name: string): number {
    const value = new Float32Array(1);
    this.library.TF_OperationGetAttrFloat(oper, name, value, this.status.pointer);
    this.status.check(name);
    return value[0];
  }

  /** Value of an attribute that is a word, of 15 letters at most. */
  text(oper: Pointer, name: string): string {
    const value = new Uint8Array(16);
    this.library.TF_OperationGetAttrString(oper, name, value, value.length, this.status.pointer);
    this.status.check(name);
    return new TextDecoder().decode(value.subarray(0, value.indexOf(0)));
  }

  /** Value of an attribute that is a list of so many whole numbers. */
  numbers(oper: Pointer, name: string, count: number): number[] {
    const values = new BigInt64Array(count);
    this.library.TF_OperationGetAttrIntList(oper, name, values, count, this.status.pointer);
    this.status.check(name);
    return Array.from(values, Number);
  }

  /** The inputs that take an output. */
  consumers(output: GraphOutput): GraphOutput[] {
    const { library } = this;
    const count = library.TF_OperationOutputNumConsumers(output);
    const consumers = new BigUint64Array(2 * count);
    library.TF_OperationOutputConsumers(output, consumers, count);
    return Array.from({ length: count }, (_, i) => unpackOutput(consumers, i));
  }

  /** Hands `to` to inputs of operations that haven't run, where TensorFlow lets that be done. */
  redirect(inputs: readonly GraphOutput[], to: GraphOutput): void {
    const { library, status } = this;
    for (const input of inputs) {
      library.TF_UpdateEdge?.(this.pointer, to, input, status.pointer);
      status.check('a change of an input');
    }
  }

  /** What comes out of an operation. */
  outputs(oper: Pointer): Output[] {
    return Array.from({ length: this.library.TF_OperationNumOutputs(oper) }, (_, index) => this.describe(oper, index));
  }

  private describe(oper: Pointer, index: number): Output {
    const { library, status } = this;
    const output = { oper, index };
    const rank = library.TF_GraphGetTensorNumDims(this.pointer, output, status.pointer);
    status.check('shape inference');
    const dims = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) {
      library.TF_GraphGetTensorShape(this.pointer, output, dims, rank, status.pointer);
      status.check('shape inference');
    }
    const shape = rank < 0 ? [-1] : Array.from(dims, Number);
    return { oper, index, shape, dtype: library.TF_OperationOutputType(output) };
  }

  dispose(): void {
    this.library.TF_DeleteGraph(this.pointer);
    this.status.dispose();
  }
}

/** An array of `struct TF_Output { TF_Operation *oper; int index; }`. */
export function packOutputs(outputs: readonly GraphOutput[]): BigUint64Array {
  const packed = new BigUint64Array(outputs.length * 2);
  outputs.forEach(({ oper, index }, i) => {
    packed[2 * i] = oper;
    packed[2 * i + 1] = BigInt(index);
  });
  return packed;
}

const unpackOutput = (packed: BigUint64Array, i: number): GraphOutput => ({
  oper: packed[2 * i],
  index: Number(packed[2 * i + 1] & 0xffffffffn),
});
