import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';

/**
 * Finds the gradient of ReLU by what comes out of it. TensorFlow's C++ gradient takes what went in, which has to be kept until then, so
 * that ReLU can't be computed in its place.
 *
 * ReLU becomes a maximum, which lets NaN through as it does. TensorFlow would fuse it with the convolution or normalization before it
 * otherwise, and oneDNN's fused one makes 0 of NaN: a step that went wrong would go unseen.
 *
 * Done when the gradients are there, like `pointwiseGradients`.
 */
export function reluGradients(graph: Graph, operations: readonly Pointer[]): void {
  const maxima = new Map<string, Output | undefined>();
  for (const operation of operations) {
    if (graph.type(operation) !== 'ReluGrad') continue;
    const x = graph.input(operation, 1);
    const key = `${x.oper}:${x.index}`;
    if (!maxima.has(key)) maxima.set(key, replaceRelu(graph, x));
    const maximum = maxima.get(key);
    if (maximum !== undefined) graph.redirect([{ oper: operation, index: 1 }], maximum);
  }
}

/** Undefined where `x` has no ReLU, or none in float32. */
function replaceRelu(graph: Graph, x: Output): Output | undefined {
  const relus = graph.consumers(x).filter(({ oper }) => graph.type(oper) === 'Relu');
  if (relus.length === 0 || x.dtype !== DataType.float32) return undefined;
  const zero = graph.constant(x.dtype, [], Float32Array.of(0));
  const [maximum] = graph.add({ type: 'Maximum', attributes: [typeAttribute('T', x.dtype)], inputs: [x, zero] });
  for (const { oper } of relus) graph.redirect(graph.consumers({ oper, index: 0 }), maximum);
  return maximum;
}
