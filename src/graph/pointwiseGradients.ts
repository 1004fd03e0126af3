import { DataType } from '../native/dataType.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { isUnstrided } from './isUnstrided.js';
import { type OperationSink, reshape, sinkOf, transpose, transposedProduct } from './operationSink.js';

/**
 * Computes the gradient by a convolution's 1×1 kernels as the product of matrices that it is: oneDNN's own primitive takes a quarter
 * to a half longer.
 *
 * Done when the gradients are there, like `eigenProducts`. `kernelGradients` has larger kernels.
 */
export function pointwiseGradients(graph: Graph, operations: readonly Pointer[]): void {
  const sink = sinkOf(graph);
  for (const operation of operations) {
    if (graph.type(operation) !== 'Conv2DBackpropFilter') continue;
    const [gradient] = graph.outputs(operation);
    if (gradient.dtype !== DataType.float32 || !isPointwise(graph, gradient)) continue;
    const [x, dy] = [graph.input(operation, 0), graph.input(operation, 2)];
    graph.redirect(graph.consumers(gradient), product(x, dy, gradient.shape, sink));
  }
}

const isPointwise = (graph: Graph, { oper, shape: [rows, columns] }: Output): boolean =>
  rows === 1 && columns === 1 && isUnstrided(graph, oper);

/** The narrower matrix comes first: that is quicker. */
function product(x: Output, dy: Output, shape: readonly number[], sink: OperationSink): Output {
  const [inputs, outputs] = shape.slice(2);
  const [a, b] = [reshape(x, [-1, inputs], sink), reshape(dy, [-1, outputs], sink)];
  if (inputs <= outputs) return reshape(transposedProduct(a, b, sink), shape, sink);
  // As a batch of one: TensorFlow would put a plain matrix's transposition back into the product.
  const turned = reshape(transposedProduct(b, a, sink), [1, outputs, inputs], sink);
  return reshape(transpose(turned, [0, 2, 1], sink), shape, sink);
}
