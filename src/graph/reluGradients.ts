import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import type { GraphOutput, Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';

/**
 * Finds the gradient of ReLU by what comes out of it. TensorFlow's C++ gradient takes what went in, which has to be kept until then, so
 * that ReLU can't be computed in its place.
 *
 * ReLU becomes a maximum, which lets NaN through as it does. TensorFlow would fuse it with the convolution or normalization before it
 * otherwise, and oneDNN's fused one makes 0 of NaN: a step that went wrong would go unseen. Only behind normalizations of which the
 * loss tells that (`tellNaN`) it stays as it is.
 *
 * Done when the gradients are there, like `pointwiseGradients`.
 */
export function reluGradients(
  graph: Graph,
  operations: readonly Pointer[],
  toldNormalizations: ReadonlySet<Pointer>,
): void {
  const sources = new Map<string, GraphOutput | undefined>();
  for (const operation of operations) {
    if (graph.type(operation) !== 'ReluGrad') continue;
    const x = graph.input(operation, 1);
    const key = `${x.oper}:${x.index}`;
    if (!sources.has(key)) sources.set(key, toldNormalizations.has(x.oper) ? reluOf(graph, x) : maximumOf(graph, x));
    const source = sources.get(key);
    if (source !== undefined) graph.redirect([{ oper: operation, index: 1 }], source);
  }
}

/** Undefined where `x` has none. */
const reluOf = (graph: Graph, x: Output): GraphOutput | undefined => relusOf(graph, x)[0];

/** In place of its ReLU; undefined where `x` has none, or none in float32. */
function maximumOf(graph: Graph, x: Output): GraphOutput | undefined {
  const relus = relusOf(graph, x);
  if (relus.length === 0 || x.dtype !== DataType.float32) return undefined;
  const zero = graph.constant(x.dtype, [], Float32Array.of(0));
  const [maximum] = graph.add({ type: 'Maximum', attributes: [typeAttribute('T', x.dtype)], inputs: [x, zero] });
  for (const relu of relus) graph.redirect(graph.consumers(relu), maximum);
  return maximum;
}

const relusOf = (graph: Graph, x: Output): GraphOutput[] =>
  graph
    .consumers(x)
    .filter(({ oper }) => graph.type(oper) === 'Relu')
    .map(({ oper }) => ({ oper, index: 0 }));
