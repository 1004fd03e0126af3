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

/** Does `work` on a machine without instructions for bfloat16, whichever this is. */
export async function withoutBfloat16<T>(native: Native, work: () => Promise<T>): Promise<T> {
  const machine = native as { -readonly [Key in keyof Native]: Native[Key] };
  const { hasBfloat16 } = machine;
  machine.hasBfloat16 = false;
  try {
    return await work();
  } finally {
    machine.hasBfloat16 = hasBfloat16;
  }
}
