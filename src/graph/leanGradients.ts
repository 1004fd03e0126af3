import { sizeOf } from '../array/hostArray.js';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { sameShape, sinkOf } from './operationSink.js';

/**
 * Leaves out what gradients do for nothing, which in a network that goes through many steps is a third of its operations: copies, sums
 * over axes along which nothing was broadcast, which TensorFlow finds out in each run, and one array of zeros for each place that
 * wants some.
 *
 * Done when the gradients are there, after `constantShapes`.
 */
export function leanGradients(graph: Graph, operations: readonly Pointer[]): void {
  const zeros = new Map<string, Output>();
  for (const operation of operations) {
    const type = graph.type(operation);
    if (type === 'Identity') graph.redirect(graph.consumers({ oper: operation, index: 0 }), graph.input(operation, 0));
    if (type === 'Sum') passBySum(graph, operation);
    if (type === 'ZerosLike') shareZeros(graph, operation, zeros);
  }
}

function passBySum(graph: Graph, sum: Pointer): void {
  if (graph.type(graph.input(sum, 1).oper) !== 'BroadcastGradientArgs') return;
  const gradient = graph.input(sum, 0);
  if (gradient.shape.includes(-1)) return;
  for (const { oper } of graph.consumers({ oper: sum, index: 0 })) {
    if (graph.type(oper) !== 'Reshape') continue;
    const [summed] = graph.outputs(oper);
    if (sameShape(gradient.shape, summed.shape)) graph.redirect(graph.consumers(summed), gradient);
  }
}

/** Numbers in an array of zeros that is made once for all steps, and kept. */
const mostZeros = 65_536;

function shareZeros(graph: Graph, operation: Pointer, zeros: Map<string, Output>): void {
  const [{ shape, dtype }] = graph.outputs(operation);
  if (dtype !== DataType.float32 || shape.includes(-1) || sizeOf(shape) > mostZeros) return;
  const key = String(shape);
  const shared = zeros.get(key) ?? zerosOf(graph, shape);
  zeros.set(key, shared);
  graph.redirect(graph.consumers({ oper: operation, index: 0 }), shared);
}

/** Of constants alone: TensorFlow makes it before the first run. */
function zerosOf(graph: Graph, shape: readonly number[]): Output {
  const zero = graph.constant(DataType.float32, [], Float32Array.of(0));
  const attributes = [typeAttribute('T', DataType.float32), typeAttribute('index_type', DataType.int32)];
  const dims = sinkOf(graph).constant(Int32Array.from(shape));
  return graph.add({ type: 'Fill', attributes, inputs: [dims, zero] })[0];
}
