import type * as tf from '@tensorflow/tfjs-core';
import {
  type Constraint,
  type Initializer,
  type KernelArgs,
  kernelOptions,
  type Regularizer,
} from './kernelOptions.js';

/** How a normalization's scale and offset begin, what holds them down and what they are bound by. */
export interface ScaleArgs {
  /** Of the scale. Default `ones`. */
  readonly gammaInitializer?: KernelArgs['kernelInitializer'];
  /** Of the offset. Default `zeros`. */
  readonly betaInitializer?: KernelArgs['biasInitializer'];
  readonly gammaRegularizer?: KernelArgs['kernelRegularizer'];
  readonly betaRegularizer?: KernelArgs['biasRegularizer'];
  readonly gammaConstraint?: KernelArgs['kernelConstraint'];
  readonly betaConstraint?: KernelArgs['biasConstraint'];
}

export interface ScaleOptions {
  readonly gammaInitializer: Initializer;
  readonly betaInitializer: Initializer;
  readonly gammaRegularizer: Regularizer | null;
  readonly betaRegularizer: Regularizer | null;
  readonly gammaConstraint: Constraint | null;
  readonly betaConstraint: Constraint | null;
  /** The same as a layer's `getConfig` has it. */
  readonly config: Readonly<Record<keyof ScaleArgs, tf.serialization.ConfigDict[string]>>;
}

/** Options of scale and offset, read from names, configs or objects. */
export function scaleOptions(args: ScaleArgs): ScaleOptions {
  const { config, ...options } = kernelOptions({
    kernelInitializer: args.gammaInitializer ?? 'ones',
    biasInitializer: args.betaInitializer ?? 'zeros',
    ...(args.gammaRegularizer != null && { kernelRegularizer: args.gammaRegularizer }),
    ...(args.betaRegularizer != null && { biasRegularizer: args.betaRegularizer }),
    ...(args.gammaConstraint != null && { kernelConstraint: args.gammaConstraint }),
    ...(args.betaConstraint != null && { biasConstraint: args.betaConstraint }),
  });
  return {
    gammaInitializer: options.kernelInitializer,
    betaInitializer: options.biasInitializer,
    gammaRegularizer: options.kernelRegularizer,
    betaRegularizer: options.biasRegularizer,
    gammaConstraint: options.kernelConstraint,
    betaConstraint: options.biasConstraint,
    config: {
      gammaInitializer: config.kernelInitializer,
      betaInitializer: config.biasInitializer,
      gammaRegularizer: config.kernelRegularizer,
      betaRegularizer: config.biasRegularizer,
      gammaConstraint: config.kernelConstraint,
      betaConstraint: config.biasConstraint,
    },
  };
}
