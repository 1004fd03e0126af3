import * as tf from '@tensorflow/tfjs-core';
import { replacePoolingGradients } from './replacePoolingGradients.js';

const cpuBackendName = 'cpu';
let mended = false;

/** Where TensorFlow.js's backend in plain JavaScript is in use, puts right what it has wrong. A second call changes nothing. */
export function mendCpuKernels(): void {
  if (mended || tf.getBackend() !== cpuBackendName) return;
  replacePoolingGradients(cpuBackendName);
  mended = true;
}
