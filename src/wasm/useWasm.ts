import * as tf from '@tensorflow/tfjs-core';
import { provideTensorMethods } from '../native/provideTensorMethods.js';
import { addSegmentSum } from './addSegmentSum.js';
import { refuseKernels } from './refuseKernels.js';
import { replaceConvolutionGradients } from './replaceConvolutionGradients.js';
import { replaceConvolutions } from './replaceConvolutions.js';
import { replaceMatMul } from './replaceMatMul.js';
import { replaceOneHot } from './replaceOneHot.js';
import { replacePointwise } from './replacePointwise.js';
import { replacePooling } from './replacePooling.js';
import { takePieces } from './takePieces.js';

/** Name under which TensorFlow.js knows its WebAssembly backend. */
const wasmBackendName = 'wasm';

let started = false;

/**
 * Makes WebAssembly TensorFlow.js's backend, with kernels for training that the backend lacks, or has slow or wrong. A second
 * call changes nothing.
 */
export async function useWasm(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  if (!started) {
    replaceMatMul(wasmBackendName);
    replaceConvolutions(wasmBackendName);
    replaceConvolutionGradients(wasmBackendName);
    replaceOneHot(wasmBackendName);
    replacePointwise(wasmBackendName);
    replacePooling(wasmBackendName);
    addSegmentSum(wasmBackendName);
    refuseKernels(wasmBackendName);
    provideTensorMethods();
    started = true;
  }
  if (!(await tf.setBackend(wasmBackendName))) throw new Error('TensorFlow.js refused the WebAssembly backend.');
  takePieces();
}
