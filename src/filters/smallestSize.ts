import * as tf from '@tensorflow/tfjs-core';
import type { NetworkPart } from './networkPart.js';

const LARGEST = 1024;

/** The smallest picture, in pixels, whose map in the layer isn't empty: 16 for VGG's block 5. */
export function smallestSize(part: NetworkPart): number {
  let failure: unknown;
  const sees = (size: number): boolean => {
    try {
      return tf.tidy(() => part.maps(tf.zeros([1, size, size, part.channels])).size > 0);
    } catch (error) {
      // An empty map is an error of the layer behind it.
      failure = error;
      return false;
    }
  };
  let enough = 1;
  while (!sees(enough)) {
    enough *= 2;
    if (enough > LARGEST) throw failure;
  }
  let tooSmall = Math.floor(enough / 2);
  while (enough - tooSmall > 1) {
    const middle = Math.floor((enough + tooSmall) / 2);
    if (sees(middle)) enough = middle;
    else tooSmall = middle;
  }
  return enough;
}
