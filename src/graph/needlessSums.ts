import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';
import { sameShape } from './operationSink.js';

/**
 * Passes gradients on that need no sum. TensorFlow's rules for operations of two tensors sum over the axes along which one was
 * broadcast, and find out in each run that there are none.
 *
 * Done when the gradients are there, after `constantShapes`.
 */
export function needlessSums(graph: Graph, operations: readonly Pointer[]): void {
  for (const operation of operations) {
    if (graph.type(operation) !== 'Sum' || graph.type(graph.input(operation, 1).oper) !== 'BroadcastGradientArgs')
      continue;
    const gradient = graph.input(operation, 0);
    if (gradient.shape.includes(-1)) continue;
    for (const { oper } of graph.consumers({ oper: operation, index: 0 })) {
      if (graph.type(oper) !== 'Reshape') continue;
      const [summed] = graph.outputs(oper);
      if (sameShape(gradient.shape, summed.shape)) graph.redirect(graph.consumers(summed), gradient);
    }
  }
}
