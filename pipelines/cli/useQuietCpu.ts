import * as tf from '@tensorflow/tfjs-core';

/** tfjs's own backend, for commands that compute nothing: it is there at once. */
export async function useQuietCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  // It would print advice to install another one.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}
