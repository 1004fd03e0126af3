import { DataType } from '../native/dataType.js';
import { boolAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { reshape, sinkOf } from './operationSink.js';

/**
 * Computes the gradient by a convolution's bias, the sum over all places, as a product with a row of ones. Left alone, TensorFlow
 * puts it into the gradient by the kernel, which then takes 10 to 100 % longer; and its own sum, one place after the other, is rounded
 * several times as much.
 *
 * Done when the gradients are there, like `pointwiseGradients`.
 */
export function biasGradients(graph: Graph, operations: readonly Pointer[]): void {
  for (const operation of operations) {
    if (graph.type(operation) !== 'BiasAddGrad') continue;
    const dy = graph.input(operation, 0);
    if (dy.dtype !== DataType.float32 || dy.shape.length !== 4 || dy.shape.includes(-1)) continue;
    if (graph.text(operation, 'data_format') !== 'NHWC') continue;
    graph.redirect(graph.consumers({ oper: operation, index: 0 }), sumOfPlaces(graph, dy));
  }
}

/** Of `[examples, rows, columns, channels]`: over examples and rows by a product, over columns one after the other. */
function sumOfPlaces(graph: Graph, dy: Output): Output {
  const sink = sinkOf(graph);
  const [examples, rows, columns, channels] = dy.shape;
  const lines = examples * rows;
  const ones = graph.constant(DataType.float32, [1, lines], new Float32Array(lines).fill(1));
  const [line] = graph.add({
    type: 'MatMul',
    attributes: [typeAttribute('T', dy.dtype)],
    inputs: [ones, reshape(dy, [lines, columns * channels], sink)],
  });
  return graph.add({
    type: 'Sum',
    attributes: [
      typeAttribute('T', dy.dtype),
      typeAttribute('Tidx', DataType.int32),
      boolAttribute('keep_dims', false),
    ],
    inputs: [reshape(line, [columns, channels], sink), sink.constant(Int32Array.of(0))],
  })[0];
}
