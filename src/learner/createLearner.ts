import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { currentNative } from '../native/backend.js';
import { checkDtypePolicy, type DtypePolicy } from '../native/dtypePolicy.js';
import { requireBackend } from '../native/requireBackend.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import type { OptimizerName } from '../optimizer/optimizerByName.js';
import { resolveOptimizer } from '../optimizer/resolveOptimizer.js';
import type { Spelling } from '../text/spelling.js';
import { type HeadOptions, headsOf } from './headsOf.js';
import type { Learner } from './learner.js';
import { learnerMetrics } from './learnerMetrics.js';
import { ModelProgram } from './modelProgram.js';
import { ownModels } from './ownModel.js';
import { ProgramLearner } from './programLearner.js';
import { requireModel } from './requireGiven.js';
import { shardsOf } from './shardsOf.js';

export interface LearnerOptions extends HeadOptions {
  /**
   * Any tfjs-layers model. It belongs to the learner until that is disposed. What goes into further inputs than the first, and what
   * further outputs are compared with, is a source's `aux`, by the names of the layers.
   */
  readonly model: LayersModel;
  /** An optimizer, or its Keras name with Keras's defaults. */
  readonly optimizer: Optimizer | Spelling<OptimizerName>;
  /** Weight of the examples of each class number, for a model with one trained output. Default 1. */
  readonly classWeight?: Readonly<Record<number, number>>;
  /** One native call per step. Default: where the native backend is in use. */
  readonly compile?: boolean;
  /**
   * What compiled steps compute in. Default `float32`. With `mixed_bfloat16` a machine that has no instructions for it warns, and
   * computes in `float32`.
   */
  readonly dtypePolicy?: DtypePolicy;
  /**
   * The most parts that a compiled step cuts its batch into. They go through the model beside each other, each on one thread; the result
   * is that of the whole batch, but for rounding.
   *
   * Default: 2 where that is known to be quicker, else 1. It is with two threads and at most 1,000 layers: on a processor with AVX-512
   * where none of these is a batch normalization of more than 32,768 numbers an example, on one with AVX2 for convolutional models without
   * batch normalization and with at most 4 million weights in dense layers and embeddings.
   *
   * A model stays whole in which examples may see each other: with recurrent layers, masks, activity regularizers or layers of your
   * own. Batch normalization doesn't hinder; an activation of your own is taken for pointwise. Take 1 for batches of one or two large
   * examples: an operation of a learner with shards never has more than one thread.
   */
  readonly shards?: number;
}

const OPTIONS: Readonly<Record<keyof LearnerOptions, true>> = {
  model: true,
  optimizer: true,
  loss: true,
  lossWeights: true,
  metrics: true,
  weightedMetrics: true,
  classWeight: true,
  compile: true,
  dtypePolicy: true,
  shards: true,
};

/**
 * A learner for a model: the model is the learner's until it is disposed. It has the trained weights after `sync`, when it is saved,
 * when a run of `train` has ended, and when the learner is disposed.
 *
 * @throws UnknownNameError where there is no such option, output, loss, metric or optimizer.
 * @throws InvalidArgumentError where 'model' is none, or it isn't clear for which of several outputs something is meant.
 * @throws ModelInUseError where another learner has the model, or weights of it that either of them trains.
 * @throws InvalidArgumentError where `dtypePolicy` names none, or one that only compiled steps have beside `compile: false`.
 * @throws InvalidArgumentError where `shards` is no number of parts.
 */
export function createLearner(options: LearnerOptions): Learner {
  checkOptions('createLearner', options, OPTIONS);
  requireBackend();
  const { model, compile = true, dtypePolicy = 'float32' } = options;
  requireModel(model);
  checkDtypePolicy(dtypePolicy, compile);
  const heads = headsOf(model, options);
  const metrics = learnerMetrics(heads);
  const { classWeight } = options;
  const noClass = Object.keys(classWeight ?? {}).find(key => !/^\d+$/.test(key));
  if (noClass !== undefined) {
    throw new InvalidArgumentError(
      `classWeight: '${noClass}' is no class number. Give a weight for each number, such as { 0: 1, 1: 2.5 }.`,
    );
  }
  if (classWeight !== undefined && heads.length > 1) {
    throw new InvalidArgumentError(
      `classWeight is for one output, but the model '${model.name}' trains ${heads.length}. Give weights of examples, by 'sampleWeight'.`,
    );
  }
  const optimizer = resolveOptimizer('createLearner', options.optimizer);
  let learner: ProgramLearner | undefined;
  const release = ownModels([model], async () => learner?.sync());
  try {
    const program = new ModelProgram({ model, optimizer, heads, classWeight });
    const execution = { compile, dtypePolicy, shards: shardsOf(model, currentNative(), options.shards) };
    learner = new ProgramLearner(program, optimizer, metrics, execution, release);
    return learner;
  } catch (error) {
    release();
    throw error;
  }
}
