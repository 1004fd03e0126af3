import type * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * @param step what has returned it
 * @throws InvalidArgumentError where it has text or complex numbers in it
 */
export function requireNumbers({ dtype }: tf.Tensor, step: string, name: string): void {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return;
  throw new InvalidArgumentError(
    `${step} returned '${name}' of dtype ${dtype}; it has to be of float32, int32 or bool.`,
  );
}
