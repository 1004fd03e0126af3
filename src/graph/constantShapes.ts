import { DataType } from '../native/dataType.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';
import { sinkOf } from './operationSink.js';

/**
 * Puts constants in the place of shapes that gradients ask for and that are known. TensorFlow does so itself, but lets each wait for the
 * tensor whose shape it is, and fuses nothing that something else waits for.
 *
 * Done when the gradients are there.
 */
export function constantShapes(graph: Graph, operations: readonly Pointer[]): void {
  const sink = sinkOf(graph);
  for (const operation of operations) {
    const type = graph.type(operation);
    if (type !== 'Shape' && type !== 'ShapeN') continue;
    for (const [i, output] of graph.outputs(operation).entries()) {
      const { shape } = graph.input(operation, i);
      const consumers = graph.consumers(output);
      if (consumers.length === 0 || shape.includes(-1) || output.dtype !== DataType.int32) continue;
      graph.redirect(consumers, sink.constant(Int32Array.from(shape)));
    }
  }
}
