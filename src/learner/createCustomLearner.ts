import { inspect } from 'node:util';
import type * as tf from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkDtypePolicy, type DtypePolicy } from '../native/dtypePolicy.js';
import { requireBackend } from '../native/requireBackend.js';
import { customMetric } from './customMetric.js';
import { CustomProgram, type CustomSteps } from './customProgram.js';
import type { Learner, LearnerMetric } from './learner.js';
import { variablesOf } from './modelVariables.js';
import { nameTwiceInLogs } from './nameTwiceInLogs.js';
import { ownModels } from './ownModel.js';
import { ProgramLearner } from './programLearner.js';
import { meanOfBatches } from './statistics.js';
import { OptimizerUpdater, type Updater } from './updater.js';

export interface CustomLearnerOptions<Name extends string> extends CustomSteps<Name> {
  /**
   * What updates the weights, each made by `createUpdater` for this learner alone, which frees what they keep when it is disposed. The
   * learning rate that controllers set, and that is logged, is that of the first; the others have their own, a number or a schedule of the
   * steps, unless they are given one.
   */
  readonly updaters: Updater | readonly Updater[];
  /** What the steps read or change beside what the updaters have: further models, variables. It is part of the learner's state. */
  readonly variables?: readonly (LayersModel | tf.Variable)[];
  /**
   * What the steps return beside the loss: the names of means over examples, or metrics, such as `auc()`, of which the
   * steps return the statistics.
   */
  readonly metrics?: readonly (Name | (LearnerMetric & { readonly name: Name }))[];
  /** One native call per step. Default: where the native backend is in use. */
  readonly compile?: boolean;
  /** What compiled steps compute in. Default `float32`; with `mixed_bfloat16` take gradients by `valueAndGradients`. */
  readonly dtypePolicy?: DtypePolicy;
}

const OPTIONS: Readonly<Record<keyof CustomLearnerOptions<string>, true>> = {
  updaters: true,
  variables: true,
  metrics: true,
  trainStep: true,
  testStep: true,
  predictStep: true,
  compile: true,
  dtypePolicy: true,
};

/**
 * A learner that takes steps of your own, as a Keras model does that overrides `train_step`: `train`, controllers, checkpoints with exact
 * resume, observers and live views are there for them as for any other.
 *
 * @example
 * const learner = () => {
 *   const updater = createUpdater('adam', model);
 *   const lossOf = ({ x, y }: Examples, training: boolean, seed: Seed | null) =>
 *     tf.losses.huberLoss(y, applyModel(model, x, { training, seed }).output) as tf.Scalar;
 *   return createCustomLearner({
 *     updaters: updater,
 *     trainStep(examples, { seed }) {
 *       const { value, gradients } = valueAndGradients(() => lossOf(examples, true, seed), updater.weights);
 *       updater.apply(gradients);
 *       return { loss: value };
 *     },
 *     testStep: examples => ({ loss: lossOf(examples, false, null) }),
 *   });
 * };
 *
 * @throws UnknownNameError where there is no such option
 * @throws InvalidArgumentError where there is no trainStep, no updater, one that belongs to a learner already, or a name of a metric
 *   comes twice
 * @throws ModelInUseError where another learner has a model, or weights of it that either of them trains
 */
export function createCustomLearner<const Name extends string = never>(options: CustomLearnerOptions<Name>): Learner {
  checkOptions('createCustomLearner', options, OPTIONS);
  checkSteps(options);
  requireBackend();
  const { compile = true, dtypePolicy = 'float32', variables = [] } = options;
  checkDtypePolicy(dtypePolicy, compile);
  const updaters = checkedUpdaters([options.updaters].flat());
  const { metrics: named = [] } = options;
  checkList('metrics', named, "['kl', auc()]");
  checkList('variables', variables, '[teacher]');
  const metrics = named.map(customMetric);
  const learnerMetrics = distinct([meanOfBatches('loss', 'min'), ...metrics.map(({ metric }) => metric)]);
  const further = variables.flatMap(variablesOf);
  const models = [...updaters.flatMap(({ models }) => models), ...variables.filter(one => one instanceof LayersModel)];
  let learner: ProgramLearner | undefined;
  const release = ownModels([...new Set(models)], async () => learner?.sync());
  try {
    const program = new CustomProgram({ steps: options, updaters, further, metrics });
    // What a function of one's own does with a batch can't be cut into shards.
    const execution = { compile, dtypePolicy, shards: 1 };
    learner = new ProgramLearner(program, updaters[0].optimizer, learnerMetrics, execution, release);
    for (const updater of updaters) updater.isOwned = true;
    return learner;
  } catch (error) {
    release();
    throw error;
  }
}

function checkSteps({ trainStep, testStep, predictStep }: CustomSteps<string>): void {
  for (const [name, step] of Object.entries({ trainStep, testStep, predictStep })) {
    if (typeof step === 'function' || (step === undefined && name !== 'trainStep')) continue;
    throw new InvalidArgumentError(`createCustomLearner: '${name}' has to be a function; it is ${inspect(step)}.`);
  }
}

function checkList(name: string, given: readonly unknown[], example: string): void {
  if (Array.isArray(given)) return;
  throw new InvalidArgumentError(
    `createCustomLearner: '${name}' has to be a list, such as ${example}; it is ${inspect(given, { depth: -1 })}.`,
  );
}

function checkedUpdaters(updaters: readonly Updater[]): readonly OptimizerUpdater[] {
  const made = updaters.filter(updater => updater instanceof OptimizerUpdater);
  if (made.length === 0 || made.length < updaters.length) {
    throw new InvalidArgumentError("createCustomLearner: 'updaters' has to be what createUpdater makes, at least one.");
  }
  if (!made.some(({ isOwned }) => isOwned)) return made;
  throw new InvalidArgumentError(
    'createCustomLearner: an updater belongs to the learner that it was given to first. Make one for each learner, within the function ' +
      "that 'train' calls for a learner.",
  );
}

function distinct(metrics: readonly LearnerMetric[]): readonly LearnerMetric[] {
  const twice = nameTwiceInLogs(metrics.map(({ name }) => name));
  if (twice === undefined) return metrics;
  throw new InvalidArgumentError(
    `createCustomLearner: the metric '${twice}' comes twice in the logs, which have 'loss' and 'learning_rate' by themselves, and what ` +
      "a validation gives as 'val_…'. Give each a name of its own.",
  );
}
