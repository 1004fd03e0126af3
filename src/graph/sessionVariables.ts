import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';
import { DataType, type TensorData } from '../native/dataType.js';
import { shapeAttribute, textAttribute, typeAttribute } from '../native/executor.js';
import type { TensorValues } from '../native/nativeTensor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, InputSpec, Output } from './graph.js';
import type { Session } from './session.js';
import type { SessionCall } from './sessionCall.js';

/** An array that stays in the session, to be read from inside traced functions. */
export interface ResidentArray extends InputSpec {
  readonly handle: Output;
}

/**
 * The variables of a session: one for each of some variables of tfjs, whose values live here while functions are compiled, and
 * arrays that were put there to be read. {@link load} and {@link store} copy values from and to tfjs's variables.
 */
export class SessionVariables {
  /** By tfjs's variables. */
  readonly handles: ReadonlyMap<tf.Variable, Output>;
  private readonly assignments = new Map<Pointer, { readonly value: Output; readonly assign: Pointer }>();
  private readonly assignmentCalls = new Map<string, SessionCall>();
  private reading: SessionCall | undefined;

  constructor(
    private readonly graph: Graph,
    private readonly session: Session,
    private readonly variables: readonly tf.Variable[],
  ) {
    this.handles = new Map(variables.map(variable => [variable, this.newHandle(specOf(variable))]));
  }

  /** Puts an array into the session once. */
  async resident({ shape, dtype }: InputSpec, values: TensorValues): Promise<ResidentArray> {
    const array = { shape, dtype, handle: this.newHandle({ shape, dtype }) };
    await this.assign([{ ...array, read: () => values }]);
    return array;
  }

  /** Frees arrays that were put into the session; no function that reads them may run any more. Once disposed, they are gone. */
  async release(arrays: readonly ResidentArray[]): Promise<void> {
    if (this.session.isDisposed) return;
    const destroyed = arrays.map(({ handle }) =>
      this.graph.addOperation({ type: 'DestroyResourceOp', inputs: [handle] }),
    );
    await this.session.run(this.session.prepare([], [], destroyed), []);
  }

  /** Copies the values of tfjs's variables into the session. */
  async load(): Promise<void> {
    await this.assign(
      this.variables.map(variable => this.assigned(variable, () => variable.dataSync() as unknown as TensorValues)),
    );
  }

  /** Sets variables of the session alone; tfjs's keep their old values until {@link store}. */
  async write(values: ReadonlyMap<tf.Variable, TensorValues>): Promise<void> {
    await this.assign([...values].map(([variable, value]) => this.assigned(variable, () => value)));
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

  private handleOf(variable: tf.Variable): Output {
    return this.handles.get(variable) as Output;
  }

  private assigned(variable: tf.Variable, read: Assigned['read']): Assigned {
    return { handle: this.handleOf(variable), ...specOf(variable), read };
  }

  private newHandle({ shape, dtype }: InputSpec): Output {
    const name = `variable_${this.graph.operationCounts.get('VarHandleOp') ?? 0}`;
    const [handle] = this.graph.add({
      type: 'VarHandleOp',
      attributes: [typeAttribute('dtype', dtype), shapeAttribute('shape', shape), textAttribute('shared_name', name)],
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
