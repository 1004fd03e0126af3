import * as tf from '@tensorflow/tfjs-core';
import '#tfjs-gradients';
import { currentTracer } from '../graph/tracer.js';

/** A scalar function's value and its gradients by the variables; a variable it doesn't depend on gets zeros. */
export interface ValueAndGradients {
  readonly value: tf.Scalar;
  readonly gradients: tf.Tensor[];
}

/**
 * In a trace the gradients are TensorFlow's own (C++) ones, which are fewer operations and fused kernels; where one is
 * missing, and in eager execution, tfjs's tape gives them.
 */
export function valueAndGradients(fn: () => tf.Scalar, variables: readonly tf.Variable[]): ValueAndGradients {
  const tracer = currentTracer();
  if (tracer === undefined || tracer.useTape) {
    const { value, grads } = tf.variableGrads(fn, [...variables]);
    return { value, gradients: variables.map(variable => grads[variable.name] ?? tf.zerosLike(variable)) };
  }
  const value = fn();
  const gradients = tracer.gradients(value, variables);
  return { value, gradients: gradients.map((gradient, i) => gradient ?? tf.zerosLike(variables[i])) };
}
