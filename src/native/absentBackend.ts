import * as tf from '@tensorflow/tfjs-core';
import { BackendMissingError } from '../error/backendMissingError.js';

/** What tfjs takes where it has no backend: it names the cure where tfjs's own error names none. */
export class AbsentBackend extends tf.KernelBackend {
  /** @throws BackendMissingError */
  override write(): never {
    throw new BackendMissingError();
  }

  override dispose(): void {}
}

const BEHIND_ALL_OTHERS = -1;
tf.registerBackend('absent', () => new AbsentBackend(), BEHIND_ALL_OTHERS);
