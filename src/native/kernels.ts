import * as tf from '@tensorflow/tfjs-core';
import { DataType } from './dataType.js';
import { intAttribute, typeAttribute } from './executor.js';
import type { NativeBackend } from './nativeBackend.js';

/**
 * Replaces the kernels of tfjs-node that read a tensor on the host, which no compiled step can do. Gathering (an
 * embedding) reads its indices to check their bounds; TensorFlow checks them itself on the processor.
 */
export function replaceHostKernels(backendName: string): void {
  tf.unregisterKernel(tf.GatherV2, backendName);
  tf.registerKernel({
    kernelName: tf.GatherV2,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, indices } = inputs as Record<'x' | 'indices', tf.Tensor>;
      const { axis, batchDims } = attrs as unknown as tf.GatherV2Attrs;
      const axisTensor = tf.scalar(axis, 'int32');
      const attributes = [
        intAttribute('batch_dims', batchDims),
        typeAttribute('Tparams', DataType[x.dtype]),
        typeAttribute('Tindices', DataType[indices.dtype]),
        typeAttribute('Taxis', DataType.int32),
      ];
      try {
        return (backend as NativeBackend).executeSingleOutput(tf.GatherV2, attributes, [x, indices, axisTensor]);
      } finally {
        axisTensor.dispose();
      }
    },
  });
}
