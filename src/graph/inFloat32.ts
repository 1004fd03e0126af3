import * as tf from '@tensorflow/tfjs-core';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import { currentTracer, type Tracer } from './tracer.js';

/**
 * The tensor itself, from which on everything is computed in float32, and its gradient too. Of a graph in mixed bfloat16 TensorFlow
 * puts all that follows a product into bfloat16, up to an operation that it can't judge: here, to float64 and back.
 */
export function inFloat32(x: tf.Tensor): tf.Tensor {
  const tracer = mixedTracer(x);
  if (tracer === undefined) return x;
  // What is added by hand isn't on tfjs's tape.
  return tf.customGrad(y => ({
    value: throughFloat64(tracer, y as tf.Tensor),
    gradFunc: dy => throughFloat64(tracer, dy),
  }))(x);
}

/** The same for what no gradient is asked of: an operation that copies nothing. */
export function updatedInFloat32<T extends tf.Tensor>(x: T): T {
  const tracer = mixedTracer(x);
  if (tracer === undefined) return x;
  const attributes = [typeAttribute('T', DataType.float32)];
  return tracer.tensor(tracer.add('DebugGradientIdentity', attributes, [tracer.output(x)])[0]) as T;
}

/** The trace that is going on where it is one in mixed bfloat16. */
function mixedTracer({ dtype }: tf.Tensor): Tracer | undefined {
  const tracer = currentTracer();
  return tracer?.isMixed && dtype === 'float32' ? tracer : undefined;
}

function throughFloat64(tracer: Tracer, x: tf.Tensor): tf.Tensor {
  const cast = (from: number, to: number) => [typeAttribute('SrcT', from), typeAttribute('DstT', to)];
  const { float32, float64 } = DataType;
  const wide = tracer.add('Cast', cast(float32, float64), [tracer.output(x)]);
  return tracer.tensor(tracer.add('Cast', cast(float64, float32), wide)[0]);
}
