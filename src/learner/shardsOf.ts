import { availableParallelism } from 'node:os';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isShardable } from '../layer/isShardable.js';
import type { Native } from '../native/backend.js';

/** Threads with which shards are known to be quicker than operations that each go on all threads. */
const MEASURED = 2;

/** Into how many shards a learner's compiled steps cut a batch, where a number is asked for and where none is. */
export function shardsOf(model: LayersModel, { canShard, config }: Native, wanted?: number): number {
  if (!canShard || !isShardable(model)) return 1;
  const threads = config.threads ?? availableParallelism();
  return wanted ?? (threads === MEASURED ? threads : 1);
}
