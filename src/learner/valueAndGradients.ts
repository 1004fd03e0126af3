import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { updatedInFloat32 } from '../graph/inFloat32.js';
import { passingVariable } from '../graph/refuseVariables.js';
import { stopGradient } from '../graph/stopGradient.js';
import { mendTapeGradients } from '../graph/tapeGradients.js';
import { currentTracer, type Tracer } from '../graph/tracer.js';
import { withLookups } from '../layer/lookUp.js';
import { denseGradient, type Gradient, type IndexedSlices, mapParts } from '../optimizer/gradient.js';

/** A scalar function's value and its gradients by the variables; a variable it doesn't depend on gets zeros. */
export interface ValueAndGradients {
  readonly value: tf.Scalar;
  /** An embedding's are the contributions of its lookups; `denseGradient` sums them up. */
  readonly gradients: Gradient[];
}

/** Tensors that come out of a function beside its value, in a list or by name. */
export type AuxiliaryTensors = readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** What a function gives that is derived: of its value alone. */
export interface ValueWithAux<Aux extends AuxiliaryTensors> {
  readonly value: tf.Scalar;
  readonly aux: Aux;
}

/** Rows that a layer took from a table, and the gradient by them. */
interface Lookup extends Pick<IndexedSlices, 'values' | 'indices'> {
  readonly table: tf.Tensor;
}

interface Derived {
  readonly value: tf.Scalar;
  /** By each variable, but for what comes from lookups in it; null where there is nothing else. */
  readonly own: readonly (tf.Tensor | null)[];
  readonly lookups: readonly Lookup[];
}

/** Keeps a tensor until the gradients are made. */
type Keep = <T extends tf.Tensor>(tensor: T) => T;

/**
 * A scalar function's value and its gradients. The function may give `{ value, aux }`, with tensors that are wanted beside the value.
 *
 * In a trace the gradients are TensorFlow's own (C++) ones, which are fewer operations and fused kernels; where one is
 * missing, and in eager execution, tfjs's tape gives them.
 *
 * @throws InvalidArgumentError where the function gives no scalar, or `variables` is no list of variables
 */
export function valueAndGradients(fn: () => tf.Scalar, variables: readonly tf.Variable[]): ValueAndGradients;
export function valueAndGradients<Aux extends AuxiliaryTensors>(
  fn: () => ValueWithAux<Aux>,
  variables: readonly tf.Variable[],
): ValueAndGradients & { readonly aux: Aux };
export function valueAndGradients(
  fn: () => tf.Scalar | ValueWithAux<AuxiliaryTensors>,
  variables: readonly tf.Variable[],
): ValueAndGradients & { readonly aux: AuxiliaryTensors } {
  checkVariables(variables);
  const kept: tf.Tensor[] = [];
  const keep: Keep = tensor => {
    kept.push(tf.keep(tensor));
    return tensor;
  };
  let aux: AuxiliaryTensors = [];
  const value = (): tf.Scalar => {
    const made = fn();
    if (made instanceof tf.Tensor) return checkedScalar(made);
    // That it is a promise is told below; what has become of it by then, nobody waits for.
    if (made instanceof Promise) made.catch(() => undefined);
    const value = checkedScalar(made?.value);
    // It may be the caller's.
    aux = mapTensors(made.aux ?? [], tensor => keep(tf.clone(tensor)));
    return value;
  };
  const work = () => ({ ...derive(value, variables, keep), aux: mapTensors(aux, tensor => tf.clone(tensor)) });
  try {
    return tf.tidy(() => work() as unknown as tf.TensorContainer) as unknown as ReturnType<typeof work>;
  } catch (error) {
    forgetTape();
    throw error;
  } finally {
    tf.dispose(kept);
  }
}

/** What a function without types may give instead: nothing, something of another shape, a promise. */
function checkedScalar(value: tf.Scalar | undefined): tf.Scalar {
  if (value instanceof tf.Tensor && value.rank === 0) return value;
  const made = value instanceof tf.Tensor ? `a tensor of shape [${(value as tf.Tensor).shape}]` : 'none';
  throw new InvalidArgumentError(
    `valueAndGradients: the function has to give a scalar, or { value, aux } with one, at once; it gave ${made}.`,
  );
}

/** From JavaScript there may be none, or a layer's weights, which have their variables within. */
function checkVariables(variables: readonly tf.Variable[]): void {
  if (Array.isArray(variables) && variables.every(one => one instanceof tf.Variable)) return;
  throw new InvalidArgumentError(
    "valueAndGradients: beside the function a list of tf.Variable is wanted, such as updater.weights; of a layer's weight take 'weight.read()'.",
  );
}

const mapTensors = (tensors: AuxiliaryTensors, fn: (tensor: tf.Tensor) => tf.Tensor): AuxiliaryTensors =>
  Array.isArray(tensors)
    ? tensors.map(tensor => fn(tensor))
    : Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fn(tensor)]));

/** Where a function throws, tfjs keeps what its tape has saved for the gradients. */
function forgetTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved);
  state.activeTape = [];
}

function derive(fn: () => tf.Scalar, variables: readonly tf.Variable[], keep: Keep): ValueAndGradients {
  const tracer = currentTracer();
  // In a graph, too: the function may take gradients by the tape itself, such as a gradient penalty's.
  mendTapeGradients();
  const { value, own, lookups } =
    tracer === undefined || tracer.useTape
      ? deriveOnTape(fn, variables, keep)
      : deriveInGraph(tracer, fn, variables, keep);
  const gradients = variables.map((variable, i) => {
    const inIt = lookups.filter(({ table }) => table === variable);
    return combine(variable, own[i], inIt);
  });
  // So that updates are made in float32.
  return { value, gradients: gradients.map(gradient => mapParts(gradient, updatedInFloat32)) };
}

function combine(variable: tf.Variable, own: tf.Tensor | null, lookups: readonly Lookup[]): Gradient {
  if (lookups.length === 0) return own ?? tf.zerosLike(variable);
  const slices: IndexedSlices = {
    values: tf.concat(lookups.map(({ values }) => values)),
    indices: tf.concat1d(lookups.map(({ indices }) => indices)),
    shape: variable.shape as [number, number],
  };
  // What has a gradient in another way too (an embedding with a penalty) has one array, as in TensorFlow.
  return own === null ? slices : tf.add(own, denseGradient(slices));
}

function deriveInGraph(tracer: Tracer, fn: () => tf.Scalar, variables: readonly tf.Variable[], keep: Keep): Derived {
  // The gradients are by the values that the function finds, not by those before the step has assigned others.
  tracer.nextStep();
  const taken: { readonly table: tf.Tensor; readonly indices: tf.Tensor1D; readonly rows: tf.Tensor }[] = [];
  const value = withLookups((table, indices) => {
    const rows = keep(tf.gather(stopGradient(table), indices));
    taken.push({ table, indices: keep(indices), rows });
    return rows;
  }, fn);
  const gradients = tracer.gradients(value, [...variables, ...taken.map(({ rows }) => rows)]);
  const byRows = gradients.slice(variables.length);
  return {
    value,
    own: gradients.slice(0, variables.length),
    lookups: taken.map(({ table, indices, rows }, i) => {
      return { table, indices, values: (byRows[i] ?? tf.zerosLike(rows)) as tf.Tensor2D };
    }),
  };
}

function deriveOnTape(fn: () => tf.Scalar, variables: readonly tf.Variable[], keep: Keep): Derived {
  const lookups: Lookup[] = [];
  // To the tape a lookup depends on this instead of the table, and so asks for its gradient. The loss depends on it too: tfjs
  // refuses one that depends on no variable, such as that of a model whose layers are all frozen.
  const probe = passingVariable(() => tf.scalar(0));
  try {
    const { value, grads } = tf.variableGrads(() => {
      const loss = withLookups((table, indices) => {
        keep(indices);
        const rows = tf.customGrad(input => ({
          value: tf.gather(table, indices),
          gradFunc: dy => {
            lookups.push({ table, indices, values: keep(tf.clone(dy as tf.Tensor2D)) });
            return tf.zerosLike(input as tf.Tensor);
          },
        }));
        return rows(probe);
      }, fn);
      return tf.add(loss, probe) as tf.Scalar;
    }, [...variables, probe]);
    return { value: value as tf.Scalar, own: variables.map(({ name }) => grads[name] ?? null), lookups };
  } finally {
    probe.dispose();
  }
}
