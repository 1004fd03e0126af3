import type { DataType as TfjsDataType } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { HostArray, HostData } from '../array/hostArray.js';
import { hostArrayOf } from '../array/hostArrayOf.js';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { checkDtypePolicy, type DtypePolicy } from '../native/dtypePolicy.js';
import { checkedResults } from './checkedResults.js';
import { type CompiledFunction, Compiler } from './compiler.js';
import { NotTraceableError } from './notTraceableError.js';
import { compiledDisposed } from './session.js';
import { checkSpec, type TensorSpec, valuesOf } from './tensorSpec.js';

export interface CompileOptions<Name extends string> {
  /** What is passed at each call, by name. */
  readonly inputs: Readonly<Record<Name, TensorSpec>>;
  /** Variables that the function reads or assigns. While compiled, their values live in the session; see `sync`. */
  readonly variables?: readonly tf.Variable[];
  /**
   * Default `float32`. Where a machine has no instructions for another one, `float32` is computed. With `mixed_bfloat16` take
   * gradients by `valueAndGradients`: what is made of these is computed in float32, while a variable that is updated by those of
   * `tf.variableGrads` may be rounded to bfloat16 each time.
   */
  readonly dtypePolicy?: DtypePolicy;
  /** Told once where the function can't be compiled and runs eagerly. Default: a line on standard error. */
  readonly onFallback?: (error: NotTraceableError) => void;
}

const OPTIONS: Readonly<Record<keyof CompileOptions<string>, true>> = {
  inputs: true,
  variables: true,
  dtypePolicy: true,
  onFallback: true,
};

/** A function of host arrays that runs as one native call. */
export interface Compiled<Name extends string, Result extends string> {
  /** Calls run one after the other, off the JavaScript thread; each takes its inputs' values when its turn comes. */
  (inputs: Readonly<Record<Name, HostData>>): Promise<Record<Result, HostArray>>;
  /** False where eager execution took over. */
  readonly compiled: boolean;
  /** Copies the session's values into the variables, so that tfjs sees them. */
  sync(): Promise<void>;
  /** Syncs, then frees graph and session. Waits for the running call. Once is enough; a second one does no harm. */
  dispose(): Promise<void>;
}

/**
 * Compiles a function written with TensorFlow.js operations into one TensorFlow graph, as `tf.function` does for Python: a
 * training step, a prediction, a step of gradient ascent.
 *
 * What can be traced: every tfjs operation with fixed shapes; gradients (`tf.variableGrads`, `tf.grads`); variables named in
 * `variables`, read and assigned; constants from outside, which are taken by value. JavaScript runs once, while tracing: a
 * loop is unrolled, an `if` is decided. What can't: reading values (`dataSync`, `arraySync`, `print`), random numbers drawn in
 * JavaScript (`tf.randomUniform`), shapes that depend on values (`booleanMask`, `where` with one argument), making variables (as
 * `tf.train.adam` and others do at their first step; `createUpdater` makes them before). Then, and on other
 * backends than native TensorFlow, the function runs eagerly, operation by operation, with the same result.
 *
 * @example
 * const w = tf.variable(tf.tensor1d([0, 0]));
 * const step = compile(
 *   ({ x, y }) => {
 *     const { value, grads } = tf.variableGrads(() => tf.losses.meanSquaredError(y, tf.sum(tf.mul(x, w), 1)), [w]);
 *     w.assign(tf.sub(w, tf.mul(grads[w.name], 0.1)));
 *     return { loss: value };
 *   },
 *   { inputs: { x: { shape: [8, 2] }, y: { shape: [8] } }, variables: [w] },
 * );
 * const { loss } = await step({ x: new Float32Array(16), y: new Float32Array(8) });
 *
 * @param fn from tensors by name to tensors by name; called once while tracing.
 */
export function compile<Name extends string, Result extends string>(
  fn: (inputs: Record<Name, tf.Tensor>) => Record<Result, tf.Tensor>,
  options: CompileOptions<Name>,
): Compiled<Name, Result> {
  checkOptions('compile', options, OPTIONS);
  const { inputs, variables = [], dtypePolicy = 'float32', onFallback = reportFallback } = options;
  variables.forEach(checkVariable);
  checkDtypePolicy(dtypePolicy);
  const names = Object.keys(inputs) as Name[];
  for (const name of names) checkSpec(name, inputs[name]);
  const specs = names.map(name => inputs[name]);
  const native = currentNative();
  const traced =
    native === undefined
      ? undefined
      : trace(new Compiler(native, [...new Set(variables)], { dtypePolicy }), fn, names, specs, onFallback);
  let disposed = false;
  const call = async (given: Readonly<Record<Name, HostData>>): Promise<Record<Result, HostArray>> => {
    // What it changed in a session that is about to be freed would be lost.
    if (disposed) throw compiledDisposed();
    const values = names.map(name => valuesOf(name, inputs[name], given?.[name]));
    return traced === undefined ? runEagerly(fn, names, specs, values) : traced.run(values);
  };
  return Object.assign(call, {
    compiled: traced !== undefined,
    sync: async () => traced?.sync(),
    dispose: async () => {
      disposed = true;
      await traced?.dispose();
    },
  });
}

function checkVariable(variable: tf.Variable, i: number): void {
  if (variable instanceof tf.Variable) return;
  throw new InvalidArgumentError(
    `variables[${i}] is no tf.Variable. Of a layer's weight take 'weight.read()'; of a tensor make one by 'tf.variable'.`,
  );
}

interface Traced<Result extends string> {
  run(values: readonly HostData[]): Promise<Record<Result, HostArray>>;
  sync(): Promise<void>;
  dispose(): Promise<void>;
}

function trace<Name extends string, Result extends string>(
  compiler: Compiler,
  fn: (inputs: Record<Name, tf.Tensor>) => Record<Result, tf.Tensor>,
  names: readonly Name[],
  specs: readonly TensorSpec[],
  onFallback: (error: NotTraceableError) => void,
): Traced<Result> | undefined {
  let results: Result[] = [];
  let compiled: CompiledFunction;
  try {
    compiled = compiler.compile(specs.map(nativeSpec), tensors => {
      const made = checkedResults(fn(byName(names, tensors)));
      results = Object.keys(made) as Result[];
      return results.map(name => made[name]);
    });
  } catch (error) {
    void compiler.dispose();
    if (!(error instanceof NotTraceableError)) throw error;
    onFallback(error);
    return undefined;
  }
  const loaded = compiler.variables.load();
  // Whoever calls is told of its failure.
  loaded.catch(() => {});
  let freed: Promise<void> | undefined;
  const sync = async (): Promise<void> => {
    await loaded;
    await compiler.variables.store();
  };
  const free = (): Promise<void> => sync().finally(() => compiler.dispose());
  return {
    async run(values) {
      await loaded;
      const outputs = await compiled.run(values);
      return byName(
        results,
        outputs.map((data, i) => ({ data: data as HostData, shape: compiled.outputShapes[i] })),
      );
    },
    sync,
    dispose() {
      freed ??= free();
      return freed;
    },
  };
}

function runEagerly<Name extends string, Result extends string>(
  fn: (inputs: Record<Name, tf.Tensor>) => Record<Result, tf.Tensor>,
  names: readonly Name[],
  specs: readonly TensorSpec[],
  values: readonly HostData[],
): Record<Result, HostArray> {
  let outputs = {} as Record<Result, HostArray>;
  // What `tidy` is given back it looks through for tensors, number by number.
  tf.tidy(() => {
    const tensors = specs.map(({ shape, dtype }, i) => tf.tensor(values[i], [...shape], dtype ?? 'float32'));
    const made = checkedResults(fn(byName(names, tensors)));
    const results = Object.keys(made) as Result[];
    outputs = byName(
      results,
      results.map(name => hostArrayOf(made[name])),
    );
  });
  return outputs;
}

const nativeSpec = ({ shape, dtype = 'float32' }: TensorSpec) => ({
  shape,
  dtype: DataType[dtype satisfies TfjsDataType],
});

const byName = <Name extends string, T>(names: readonly Name[], values: readonly T[]): Record<Name, T> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Name, T>;

function reportFallback(error: NotTraceableError): void {
  process.stderr.write(`${error.message} It runs eagerly instead, which is slower.\n`);
}
