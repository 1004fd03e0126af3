import { sizeOf } from '../array/hostArray.js';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { sinkOf, sum, transposedProduct } from './operationSink.js';

/**
 * Computes the gradient by a large dense kernel as one product for all shards. Each shard's own would write as many numbers as the kernel
 * has, and their sum read them all.
 *
 * Done when the gradients are there, like `pointwiseGradients`.
 */
export function jointProducts(graph: Graph, operations: readonly Pointer[]): void {
  for (const operation of operations) {
    if (graph.type(operation) !== 'AddN') continue;
    const [total] = graph.outputs(operation);
    if (total.dtype !== DataType.float32 || total.shape.length !== 2 || sizeOf(total.shape) < WORTHWHILE) continue;
    const parts = graph.inputs(operation);
    const products = parts.filter(part => isGradient(graph, part));
    if (products.length < 2) continue;
    const joint = product(graph, products);
    const others = parts.filter(part => !products.includes(part));
    graph.redirect(graph.consumers(total), sum([joint, ...others], sinkOf(graph)));
  }
}

/** Numbers of a kernel that outgrows a core's cache. Measured with 2,304 × 512. */
const WORTHWHILE = 2 ** 20;

/** Whether it is a product `xᵀ · dy`: over examples. */
const isGradient = (graph: Graph, { oper }: Output): boolean =>
  graph.type(oper) === 'MatMul' && graph.flag(oper, 'transpose_a') && !graph.flag(oper, 'transpose_b');

function product(graph: Graph, products: readonly Output[]): Output {
  const [x, dy] = [0, 1].map(side =>
    rows(
      graph,
      products.map(({ oper }) => graph.input(oper, side)),
    ),
  );
  return transposedProduct(x, dy, sinkOf(graph));
}

/** One below the other. */
function rows(graph: Graph, parts: readonly Output[]): Output {
  const attributes = [typeAttribute('T', parts[0].dtype), typeAttribute('Tidx', DataType.int32)];
  const axis = graph.constant(DataType.int32, [], Int32Array.of(0));
  return graph.add({ type: 'ConcatV2', attributes, inputs: [parts, axis] })[0];
}
