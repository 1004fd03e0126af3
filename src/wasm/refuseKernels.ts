import * as tf from '@tensorflow/tfjs-core';
import { WasmUnsupportedError } from '../error/wasmUnsupportedError.js';
import { replaceKernel } from '../kernel/replaceKernel.js';

/** Kernels that the backend lacks or, in three dimensions, has wrong, and that nothing here stands in for. */
const refused: Readonly<Record<string, string>> = {
  [tf.Conv3DBackpropInputV2]: 'the gradient of a three-dimensional convolution',
  [tf.DepthwiseConv2dNativeBackpropInput]: 'the gradient of a depthwise convolution',
  [tf.DepthwiseConv2dNativeBackpropFilter]: 'the gradient of a depthwise convolution',
};

/** Has these kernels say what is missing and how to go on. */
export function refuseKernels(backendName: string): void {
  for (const [kernelName, what] of Object.entries(refused)) {
    replaceKernel(kernelName, backendName, () => {
      throw new WasmUnsupportedError(
        `The WebAssembly backend can't compute ${what}. Use native TensorFlow ('gradstream doctor' tells how to get it), ` +
          "or TensorFlow.js's backend 'cpu', which is slow.",
      );
    });
  }
}
