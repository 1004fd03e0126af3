import { type Native, startNative } from '../../src/native/backend.js';
import { locateTensorflow } from '../../src/native/install/locateTensorflow.js';

/** Starts native TensorFlow where it is on this machine; tests of it are skipped where it isn't. */
export async function nativeOrNull(): Promise<Native | null> {
  try {
    return startNative(await locateTensorflow({ install: false }));
  } catch {
    return null;
  }
}
