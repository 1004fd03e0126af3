import { findInCache } from './findInCache.js';
import { findInFolder } from './findInFolder.js';
import { type PinnedWheel, wheelFolder } from './pinnedWheel.js';
import type { TensorflowFiles } from './tensorflowFiles.js';

/** TensorFlow's libraries where they are on the machine: those that `GRADSTREAM_TENSORFLOW` names, else those in the cache. */
export function findInstalled(platform: NodeJS.Platform, wheel: PinnedWheel | undefined): TensorflowFiles | undefined {
  const given = process.env.GRADSTREAM_TENSORFLOW;
  if (given) return findInFolder(given, platform);
  return wheel && findInCache(wheelFolder(wheel), platform);
}
