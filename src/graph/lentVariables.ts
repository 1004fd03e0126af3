import type * as tf from '@tensorflow/tfjs-core';
import { DataType } from '../native/dataType.js';
import { type OpAttribute, typeAttribute } from '../native/executor.js';
import type { NativeBackend } from '../native/nativeBackend.js';
import type { Pointer } from '../native/signatures.js';
import type { Output } from './graph.js';
import type { Tracer } from './tracer.js';

/**
 * tfjs's variables in a trace: each holds a symbol of its value in the session. What is assigned to them, or changed by a kernel, is
 * an update, which runs when the step has read the variable.
 */
export class LentVariables {
  /** Operations that change variables. */
  readonly updates: Pointer[] = [];
  private readonly reads = new Map<tf.Variable, Output>();
  /** Of the running step, by what each one changes. */
  private readonly updatesOf = new Map<Pointer, Pointer[]>();
  private readonly symbols = new Map<tf.Variable, object>();

  constructor(
    private readonly tracer: Pick<Tracer, 'graph' | 'tensor' | 'output'>,
    private readonly backend: NativeBackend,
    private readonly handles: ReadonlyMap<tf.Variable, Output>,
  ) {}

  /** Puts a symbol of its session value into each variable; the returned function takes it out again. */
  lend(): () => void {
    const lent = [...this.handles].map(([variable, handle]) => {
      const own = variable.dataId;
      this.lendOne(variable, handle, []);
      return { variable, own };
    });
    return () => {
      for (const { variable, own } of lent) {
        this.backend.disposeData(variable.dataId);
        setDataId(variable, own);
      }
    };
  }

  /** What a variable had before the step; undefined of one that isn't lent. */
  before(variable: tf.Variable): Output | undefined {
    return this.reads.get(variable);
  }

  /** Whoever reads the variable in this step means its value before the step. */
  update(variable: tf.Variable, type: string, attributes: readonly OpAttribute[], inputs: readonly Output[]): void {
    const read = this.reads.get(variable);
    const after = read === undefined || inputs.some(({ oper }) => oper === read.oper) ? [] : [read.oper];
    const update = this.tracer.graph.addOperation({ type, attributes, inputs, after });
    this.updates.push(update);
    for (const { oper } of inputs) this.updatesOf.get(oper)?.push(update);
  }

  /** Ends a step. A variable that holds another tensor than the lent symbol was assigned to. */
  noteAssignments(): void {
    for (const [variable, symbol] of this.symbols) {
      if (variable.dataId === symbol) continue;
      const attributes = [typeAttribute('dtype', DataType[variable.dtype])];
      const inputs = [this.handles.get(variable) as Output, this.tracer.output(variable)];
      this.update(variable, 'AssignVariableOp', attributes, inputs);
    }
  }

  /** Lends the values after the step that has ended. */
  nextStep(): void {
    this.noteAssignments();
    for (const [variable, handle] of this.handles) {
      const updates = this.updatesOf.get(handle.oper) ?? [];
      if (updates.length === 0) continue;
      const { dataId } = variable;
      this.lendOne(variable, handle, updates);
      this.backend.disposeData(dataId);
    }
  }

  private lendOne(variable: tf.Variable, handle: Output, after: readonly Pointer[]): void {
    const { shape } = variable;
    const dtype = DataType[variable.dtype];
    const attributes = [typeAttribute('dtype', dtype)];
    const [read] = this.tracer.graph.add({ type: 'ReadVariableOp', attributes, inputs: [handle], after });
    this.reads.set(variable, { ...read, shape });
    const symbol = this.tracer.tensor({ ...read, shape, dtype });
    setDataId(variable, symbol.dataId);
    this.backend.incRef(symbol.dataId);
    this.symbols.set(variable, symbol.dataId);
    this.updatesOf.set(handle.oper, []);
  }
}

/** tfjs declares it read-only, and changes it itself in `assign`. */
const setDataId = (variable: tf.Variable, dataId: object): void => {
  (variable as { dataId: object }).dataId = dataId;
};
