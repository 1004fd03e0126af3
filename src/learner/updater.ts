import * as tf from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { currentTracer } from '../graph/tracer.js';
import { requireBackend } from '../native/requireBackend.js';
import type { Gradient } from '../optimizer/gradient.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import type { OptimizerName } from '../optimizer/optimizerByName.js';
import { resolveOptimizer } from '../optimizer/resolveOptimizer.js';
import type { Spelling } from '../text/spelling.js';
import { applyOptimizer } from './applyOptimizer.js';
import { type ModelVariable, variablesOf } from './modelVariables.js';
import { averagesOf, disposeSlots, slotVariables, type WeightSlots, weightSlots } from './weightSlots.js';

/** An optimizer at work on some weights, for steps of your own. */
export interface Updater {
  /** What is updated, in the order in which gradients are given. */
  readonly weights: readonly tf.Variable[];
  /** All that a step reads or changes by this: the weights, those of the model that are not updated, what the optimizer keeps. */
  readonly variables: readonly tf.Variable[];
  /**
   * One update. To be called within a step: in what `compile` traces, in a custom learner's, or in `tf.tidy`. What reads the weights
   * after it, another update of the same step too, finds them updated.
   *
   * @param gradients one for each of `weights`, as `valueAndGradients` gives them
   * @param learningRate rate of this update. Default: for a custom learner's first updater the rate of its step, else the optimizer's own,
   *   which outside of custom learners has to be a number
   * @throws InvalidArgumentError where gradients or rate are missing, or a gradient hasn't its weight's shape; where it is disposed, or
   *   belongs to a custom learner and none of its training steps is running
   */
  apply(gradients: readonly Gradient[], learningRate?: tf.Scalar): void;
  /**
   * With `useEma` puts the moving averages in the place of the weights, as the end of Keras's `fit` does; else nothing. Not to be called
   * within a step, nor before a compiled one is disposed of. A custom learner does so by itself.
   */
  finish(): void;
  /** Frees what the optimizer keeps; the weights stay. */
  dispose(): void;
}

/**
 * Lets an optimizer of this library update weights in steps of your own, which `compile` makes one native call of: in a graph by
 * TensorFlow's kernels that change weights in place, where it has some. It counts its updates itself.
 *
 * @example
 * const updater = createUpdater(adam({ learningRate: 0.1 }), [tf.variable(tf.tensor1d([0, 0]))]);
 * const step = compile(
 *   ({ x, y }) => {
 *     const [w] = updater.weights;
 *     const error = () => tf.losses.meanSquaredError(y, tf.sum(tf.mul(x, w), 1)) as tf.Scalar;
 *     const { value, gradients } = valueAndGradients(error, updater.weights);
 *     updater.apply(gradients);
 *     return { loss: value };
 *   },
 *   { inputs: { x: { shape: [8, 2] }, y: { shape: [8] } }, variables: updater.variables },
 * );
 *
 * @param optimizer an optimizer, or its Keras name with Keras's defaults.
 * @param of models, whose trainable weights are updated and then constrained as their layers want it, or variables. What comes
 *   twice, as layers that models have in common, is updated once.
 * @throws UnknownNameError where there is no such optimizer, InvalidArgumentError where it is none of this library, or there is nothing
 *   to update.
 */
export function createUpdater(
  optimizer: Optimizer | Spelling<OptimizerName>,
  of: LayersModel | readonly (LayersModel | tf.Variable)[],
): Updater {
  const resolved = resolveOptimizer('createUpdater', optimizer);
  requireBackend();
  const parts = [of].flat();
  return new OptimizerUpdater(resolved, parts.filter(isModel), parts.flatMap(variablesOf));
}

/** What `createUpdater` makes: what a custom learner needs to know of it, too. */
export class OptimizerUpdater implements Updater {
  /** Those of the weights that are updated. */
  readonly updated: readonly ModelVariable[];
  readonly slots: readonly WeightSlots[];
  /** Updates so far. */
  readonly iterations: tf.Variable<tf.Rank.R0>;
  /** Of an update to which none is given. */
  rate: tf.Scalar | undefined;
  /** Whether a learner has it, in whose training steps alone it updates: the weights are the learner's. */
  isOwned = false;
  /** Whether such a step is running. */
  isInStep = false;
  /** Whether gradients were applied since somebody set it to false. */
  wasApplied = false;

  /** @param all weights of the models and variables, those that are not updated too */
  constructor(
    readonly optimizer: Optimizer,
    readonly models: readonly LayersModel[],
    readonly all: readonly ModelVariable[],
  ) {
    const trained = all.filter(({ trainable }) => trainable);
    // Models may have layers in common.
    this.updated = [...new Map(trained.map(weight => [weight.variable, weight])).values()];
    if (this.updated.length === 0) {
      throw new InvalidArgumentError(
        'createUpdater: there is no weight to update. Give a model that is not frozen, or variables.',
      );
    }
    this.slots = this.updated.map(weight => weightSlots(optimizer, weight));
    this.iterations = tf.tidy(() => tf.variable(tf.scalar(0), false)) as tf.Variable<tf.Rank.R0>;
  }

  get weights(): readonly tf.Variable[] {
    return this.updated.map(({ variable }) => variable);
  }

  get variables(): readonly tf.Variable[] {
    return [...new Set(this.all.map(({ variable }) => variable)), ...slotVariables(this.slots), this.iterations];
  }

  apply(gradients: readonly Gradient[], learningRate: tf.Scalar = this.rate ?? ownRate(this.optimizer)): void {
    const { optimizer, updated, slots, iterations } = this;
    this.checkUse();
    checkGradients(gradients, updated);
    // Kernels change weights in place: after what the step has assigned to them, and seen by what comes, as in eager execution.
    const tracer = currentTracer();
    tracer?.nextStep();
    this.wasApplied = true;
    applyOptimizer({ optimizer, weights: updated, slots, gradients, learningRate, iterations });
    iterations.assign(tf.add(iterations, 1));
    tracer?.nextStep();
  }

  finish(): void {
    for (const [weight, average] of averagesOf(this.updated, this.slots))
      tf.tidy(() => weight.assign(tf.clone(average)));
  }

  dispose(): void {
    disposeSlots(this.slots);
    this.iterations.dispose();
  }

  private checkUse(): void {
    if (this.iterations.isDisposed) throw new InvalidArgumentError('updater.apply: this updater is disposed.');
    if (!this.isOwned || this.isInStep) return;
    throw new InvalidArgumentError(
      "updater.apply: this updater belongs to a custom learner, which has the weights. Call it in that learner's trainStep only.",
    );
  }
}

const isModel = (one: LayersModel | tf.Variable): one is LayersModel => one instanceof LayersModel;

function checkGradients(gradients: readonly Gradient[], weights: readonly ModelVariable[]): void {
  if (gradients.length !== weights.length) {
    throw new InvalidArgumentError(
      `updater.apply got ${gradients.length} gradients for ${weights.length} weights. Give one for each of updater.weights.`,
    );
  }
  for (const [i, { name, variable }] of weights.entries()) {
    // From JavaScript, or of a record, there may be none.
    const shape = gradients[i]?.shape;
    if (String(shape) === String(variable.shape)) continue;
    const given = shape === undefined ? 'no gradient' : `a gradient of shape [${shape}]`;
    throw new InvalidArgumentError(
      `updater.apply got ${given} for the weight '${name}' of shape [${variable.shape}]. Give them in the order of updater.weights.`,
    );
  }
}

/** A schedule is a function of numbers, which a graph would freeze at its first value. */
function ownRate({ learningRate }: Optimizer): tf.Scalar {
  if (typeof learningRate === 'number') return tf.scalar(learningRate);
  throw new InvalidArgumentError(
    "updater.apply: the optimizer's learning rate is a schedule, which a custom learner follows by itself. Elsewhere feed the step its " +
      'value, as an input, and give it to apply.',
  );
}
