import * as tf from '@tensorflow/tfjs-core';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import { currentTracer } from './tracer.js';

/** `tf.gather` by a vector of indices, also in a trace: tfjs's own looks at the indices' values first. */
export function gather(x: tf.Tensor, indices: tf.Tensor1D, axis = 0): tf.Tensor {
  const tracer = currentTracer();
  if (tracer === undefined) return tf.gather(x, indices, axis);
  const types = [
    typeAttribute('Tparams', DataType[x.dtype]),
    typeAttribute('Tindices', DataType.int32),
    typeAttribute('Taxis', DataType.int32),
  ];
  const inputs = [x, indices, tf.scalar(axis, 'int32')].map(tensor => tracer.output(tensor));
  return tracer.tensor(tracer.add('GatherV2', types, inputs)[0]);
}
