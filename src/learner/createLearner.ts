import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type LossLike, resolveLoss } from '../loss/resolveLoss.js';
import { type MetricLike, resolveMetrics } from '../metrics/resolveMetrics.js';
import { currentNative } from '../native/backend.js';
import { checkDtypePolicy, type DtypePolicy } from '../native/dtypePolicy.js';
import { requireBackend } from '../native/requireBackend.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { type OptimizerName, optimizerByName } from '../optimizer/optimizerByName.js';
import type { Spelling } from '../text/spelling.js';
import type { Learner } from './learner.js';
import { ModelLearner } from './modelLearner.js';
import { ownModel } from './ownModel.js';
import { shardsOf } from './shardsOf.js';
import { StepProgram } from './stepProgram.js';

export interface LearnerOptions {
  /** Any tfjs-layers model with one input and one output. It belongs to the learner until that is disposed. */
  readonly model: LayersModel;
  /** An optimizer, or its Keras name with Keras's defaults. */
  readonly optimizer: Optimizer | Spelling<OptimizerName>;
  /**
   * A loss, its Keras name, or a function `(yTrue, yPred) → [batch]` of tfjs tensors. Labels that are class numbers are one-hot to
   * every loss of a model with several outputs.
   */
  readonly loss: LossLike;
  /** Metrics, their Keras names, or functions `(yTrue, yPred) → [batch]`. */
  readonly metrics?: readonly MetricLike[];
  /** Metrics that count each example by its weight; one that is among `metrics`, too, is called `weighted_…`. */
  readonly weightedMetrics?: readonly MetricLike[];
  /** Weight of the examples of each class number. Default 1. */
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
 * @throws InvalidArgumentError where the model has several inputs or outputs.
 * @throws UnknownNameError where there is no such option, loss, metric or optimizer.
 * @throws ModelInUseError where another learner has the model, or weights of it that either of them trains.
 * @throws InvalidArgumentError where `dtypePolicy` names none, or one that only compiled steps have beside `compile: false`.
 * @throws InvalidArgumentError where `shards` is no number of parts.
 */
export function createLearner(options: LearnerOptions): Learner {
  checkOptions('createLearner', options, OPTIONS);
  requireBackend();
  const { model, compile = true, dtypePolicy = 'float32' } = options;
  checkDtypePolicy(dtypePolicy, compile);
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new InvalidArgumentError(
      `The model '${model.name}' has ${model.inputs.length} inputs and ${model.outputs.length} outputs; a learner trains models with one of each.`,
    );
  }
  const outputShape = (model.outputs[0].shape as number[]).slice(1);
  const loss = resolveLoss(options.loss);
  const resolved = { loss, outputShape };
  const optimizer = typeof options.optimizer === 'string' ? optimizerByName(options.optimizer) : options.optimizer;
  const { metrics: plain = [], weightedMetrics: weighted = [], classWeight } = options;
  const { metrics, weightedMetrics } = resolveMetrics({ metrics: plain, weightedMetrics: weighted }, resolved);
  let learner: ModelLearner | undefined;
  const release = ownModel(model, async () => learner?.sync());
  try {
    const program = new StepProgram({ model, optimizer, loss, metrics, weightedMetrics, classWeight });
    const execution = { compile, dtypePolicy, shards: shardsOf(model, currentNative(), options.shards) };
    learner = new ModelLearner(program, optimizer, [...metrics, ...weightedMetrics], execution, release);
    return learner;
  } catch (error) {
    release();
    throw error;
  }
}
