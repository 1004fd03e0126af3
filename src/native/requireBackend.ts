import * as tf from '@tensorflow/tfjs-core';
import { BackendMissingError } from '../error/backendMissingError.js';

/**
 * Weights are numbers of a backend: there must be one where a model is built.
 *
 * @throws BackendMissingError
 */
export function requireBackend(): void {
  try {
    tf.backend();
  } catch (cause) {
    throw new BackendMissingError(cause);
  }
}
