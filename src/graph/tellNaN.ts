import * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from '../native/signatures.js';
import type { Output } from './graph.js';
import { currentTracer } from './tracer.js';

/** A normalization in a trace, one operation a shard, and the few numbers that aren't finite where what comes out of it isn't. */
export interface WatchedNormalization {
  readonly operations: readonly Pointer[];
  readonly parameters: readonly Output[];
}

/** Has the step's loss tell what a ReLU fused with this normalization would not; `[channels]` each: its mean, scale and offset. */
export function watchNormalization(normalized: readonly tf.Tensor[], parameters: readonly tf.Tensor[]): void {
  const tracer = currentTracer();
  // Gradients of tfjs's tape take what went into ReLU: it isn't fused.
  if (tracer === undefined || tracer.useTape) return;
  tracer.watchedNormalizations.push({
    operations: normalized.map(tensor => tracer.output(tensor).oper),
    parameters: parameters.map(parameter => tracer.output(parameter)),
  });
}

/**
 * The loss of a step; NaN where one of the normalizations on the way to it took or made something that isn't finite. With a ReLU in one
 * kernel with them oneDNN makes 0 of NaN, so that a loss alone wouldn't show it.
 */
export function tellNaN(loss: tf.Scalar): tf.Scalar {
  const tracer = currentTracer();
  const watched = tracer?.watchedNormalizations.splice(0) ?? [];
  if (tracer === undefined || watched.length === 0) return loss;
  for (const operation of watched.flatMap(({ operations }) => operations)) tracer.toldNormalizations.add(operation);
  const numbers = watched.flatMap(({ parameters }) => parameters.map(parameter => tracer.tensor(parameter)));
  return tf.where(tf.isFinite(tf.sum(tf.concat(numbers))), loss, Number.NaN);
}
