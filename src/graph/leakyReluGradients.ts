import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';

/**
 * Finds the gradient of LeakyReLU by what comes out of it, which has the sign of what went in. TensorFlow's C++ gradient takes what went
 * in; a convolution, its bias and the activation are fused all the same, and then the pass that does so fails for want of what stood
 * between, with all that it has fused in the graph.
 *
 * Done when the gradients are there, like `reluGradients`.
 */
export function leakyReluGradients(graph: Graph, operations: readonly Pointer[]): void {
  for (const operation of operations) {
    if (graph.type(operation) !== 'LeakyReluGrad') continue;
    const slope = graph.number(operation, 'alpha');
    if (!(slope > 0)) continue;
    const isActivation = (oper: Pointer): boolean =>
      graph.type(oper) === 'LeakyRelu' && graph.number(oper, 'alpha') === slope;
    const activation = graph.consumers(graph.input(operation, 1)).find(({ oper }) => isActivation(oper));
    if (activation !== undefined) {
      graph.redirect([{ oper: operation, index: 1 }], { oper: activation.oper, index: 0 });
    }
  }
}
