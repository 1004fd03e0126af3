import * as tf from '@tensorflow/tfjs-core';
import { FileAccessError } from '../../src/error/fileAccessError.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { TensorflowMissingError } from '../../src/error/tensorflowMissingError.js';
import { startNative } from '../../src/native/backend.js';
import { LibraryLoadError } from '../../src/native/library.js';
import { useWasm } from '../../src/wasm/useWasm.js';
import { processorsOf } from './processorsOf.js';
import { installWithProgress } from './setup.js';

/** Backends a user may ask for by GRADSTREAM_BACKEND. */
const backends = ['tensorflow', 'wasm', 'cpu'] as const;

/**
 * Makes the fastest backend there is tfjs's: native TensorFlow, fetched if it isn't there yet; else WebAssembly, with a plain
 * line that says why.
 */
export async function startBackend({ threads }: { readonly threads?: number | undefined } = {}): Promise<void> {
  const asked = process.env.GRADSTREAM_BACKEND;
  if (asked !== undefined && !backends.some(name => name === asked)) {
    throw new InvalidArgumentError(
      `GRADSTREAM_BACKEND is '${asked}'. Give one of ${backends.join(', ')}, or unset it.`,
    );
  }
  const used = threads === undefined ? {} : { threads: processorsOf('--threads', threads) };
  if (asked === 'wasm') return useWasm();
  if (asked === 'cpu') return useCpu();
  try {
    startNative(await installWithProgress(), used);
  } catch (error) {
    if (asked === 'tensorflow' || !unavailable.some(kind => error instanceof kind)) throw error;
    process.stderr.write(
      `${(error as Error).message}\nGoing on with WebAssembly: training works, but takes about ten times as long. ` +
        `'gradstream doctor' tells how to get native TensorFlow.\n`,
    );
    await useWasm();
  }
}

/** Errors that mean: native TensorFlow can't be had here. */
const unavailable = [TensorflowMissingError, LibraryLoadError, FileAccessError];

async function useCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
}
