import { availableParallelism } from 'node:os';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkCount } from '../error/checkCount.js';
import { innerLayers } from '../layer/innerLayers.js';
import { isShardable } from '../layer/isShardable.js';
import type { Native } from '../native/backend.js';
import { gainsByShards } from './gainsByShards.js';

/** Threads with which shards were measured against operations that each go on all threads. */
const MEASURED = 2;
/** Layers of a deep model: TensorFlow takes minutes to prepare a graph that has all of more of them twice. */
const DEEP = 1000;

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
  const isMeasured = threads === MEASURED && innerLayers(model).length <= DEEP;
  return isMeasured && gainsByShards(model, native.vectors) ? threads : 1;
}
