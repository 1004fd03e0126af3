import { availableParallelism } from 'node:os';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkCount } from '../error/checkCount.js';
import { innerLayers } from '../layer/innerLayers.js';
import { isShardable } from '../layer/isShardable.js';
import type { Native } from '../native/backend.js';

/**
 * Threads with which shards are known to be quicker than operations that each go on all threads, on processors with AVX-512. With oneDNN's
 * kernels for AVX2 the CNN gained as well, but the MLP and ResNet20 lost.
 */
const MEASURED = 2;
/** Layers of a deep model: TensorFlow takes minutes to prepare a graph that has all of more of them twice. */
const DEEP = 1000;
/**
 * Numbers of an example that batch normalization takes: with more, parts of usual batches outgrow a core's cache, and normalizing them
 * together, which reads them twice as often, costs what shards gain. ResNet20 has half of it and gains, ResNet29 v2 twice and loses.
 */
const LARGE = 2 ** 15;

/**
 * Into how many shards a learner's compiled steps cut a batch, where a number is asked for and where none is.
 *
 * @throws InvalidArgumentError where what is asked for is no number of parts
 */
export function shardsOf(model: LayersModel, native: Native | undefined, wanted?: number): number {
  if (wanted !== undefined) checkCount('createLearner', { shards: wanted }, 1);
  if (native === undefined || !native.canShard || !isShardable(model)) return 1;
  if (wanted !== undefined) return wanted;
  const threads = native.config.threads ?? availableParallelism();
  const gains = native.hasAvx512 && threads === MEASURED && innerLayers(model).length <= DEEP;
  return gains && !normalizesLarge(model) ? threads : 1;
}

/** An axis of any size counts as a long one. */
const normalizesLarge = (model: LayersModel): boolean =>
  innerLayers(model)
    .filter(({ layer }) => layer.getClassName() === 'BatchNormalization')
    .flatMap(({ layer }) => layer.inboundNodes.flatMap(({ inputTensors }) => inputTensors))
    .some(({ shape: [, ...dims] }) => dims.reduce<number>((size, dim) => size * (dim ?? LARGE), 1) > LARGE);
