import * as tf from '@tensorflow/tfjs-core';
import { type constraints, type initializers, layers, type regularizers } from '@tensorflow/tfjs-layers';

type DenseArgs = Parameters<typeof layers.dense>[0];

/** How a layer's kernels and biases begin, what holds them down and what they are bound by, as `tf.layers.dense` takes it. */
export type KernelArgs = Pick<DenseArgs, (typeof KEYS)[number]>;

const KEYS = [
  ...(['kernelInitializer', 'biasInitializer', 'kernelRegularizer', 'biasRegularizer'] as const),
  ...(['kernelConstraint', 'biasConstraint', 'activation'] as const),
] as const;

export type Initializer = ReturnType<typeof initializers.zeros>;
export type Regularizer = ReturnType<typeof regularizers.l2>;
export type Constraint = ReturnType<typeof constraints.nonNeg>;

export interface KernelOptions {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | null;
  readonly biasRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
  readonly biasConstraint: Constraint | null;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string };
  /** The same as a layer's `getConfig` has it. */
  readonly config: Readonly<Record<(typeof KEYS)[number], tf.serialization.ConfigDict[string]>>;
}

/**
 * Options of kernels and biases, read from names, configs or objects: tfjs has functions for that, but keeps them to itself, so
 * that a Dense layer reads them. Kernels begin as Keras's, `glorotUniform`.
 */
export function kernelOptions(args: KernelArgs): KernelOptions {
  const given = Object.fromEntries(KEYS.map(key => [key, args[key]]));
  const initializer = args.kernelInitializer ?? 'glorotUniform';
  const dense = layers.dense({ ...given, kernelInitializer: initializer, units: 1, name: 'options' });
  const config = dense.getConfig();
  const options = dense as unknown as Omit<KernelOptions, 'config'>;
  const picked = Object.fromEntries(KEYS.map(key => [key, options[key] ?? null]));
  return {
    ...(picked as unknown as Omit<KernelOptions, 'config'>),
    config: Object.fromEntries(KEYS.map(key => [key, config[key]])) as KernelOptions['config'],
  };
}

/** How a weight begins, what holds it down and what it is bound by, as tfjs's `addWeight` takes it after name, shape and type. */
export const weightOptions = (
  initializer: Initializer,
  regularizer: Regularizer | null | undefined,
  constraint: Constraint | null | undefined,
) => [initializer, regularizer ?? undefined, true, constraint ?? undefined] as const;

/**
 * An initializer for a kernel of several axes that counts as a matrix of so many rows and columns, as in Keras, where tfjs takes the
 * last two axes alone for rows and columns.
 */
export const asMatrix = (initializer: Initializer, [rows, columns]: readonly [number, number]): Initializer =>
  ({
    apply: (shape: number[], dtype?: tf.DataType) =>
      tf.tidy(() => tf.reshape(initializer.apply([rows, columns], dtype), shape)),
  }) as unknown as Initializer;
