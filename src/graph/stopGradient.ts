import * as tf from '@tensorflow/tfjs-core';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import { currentTracer } from './tracer.js';

/** The tensor itself, as a constant for gradients; Keras's `stop_gradient`. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  const tracer = currentTracer();
  // What is added by hand isn't on tfjs's tape either.
  if (tracer !== undefined) {
    return tracer.tensor(tracer.add('StopGradient', [typeAttribute('T', DataType[x.dtype])], [tracer.output(x)])[0]);
  }
  return tf.customGrad(y => ({ value: tf.clone(y as tf.Tensor), gradFunc: dy => tf.zerosLike(dy) }))(x);
}
