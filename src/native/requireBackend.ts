import * as tf from '@tensorflow/tfjs-core';
import { BackendMissingError } from '../error/backendMissingError.js';
import { AbsentBackend } from './absentBackend.js';

/**
 * Weights are numbers of a backend: there must be one where a model is built.
 *
 * @throws BackendMissingError
 */
export function requireBackend(): void {
  if (tf.backend() instanceof AbsentBackend) throw new BackendMissingError();
}
