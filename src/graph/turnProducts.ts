import { DataType } from '../native/dataType.js';
import { boolAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { reshape, sinkOf, transpose } from './operationSink.js';

/** Rows and columns of a right matrix that is worth it; measured from 256 to 2,304. */
const WORTHWHILE = 512;
/** Rows of a left matrix that is worth it; measured from 8 to 1,024. */
const [FEWEST, MOST] = [16, 512];

/**
 * Computes the product `a · bᵀ` (the gradient by a dense layer's input, `b` its kernel) as `(b · aᵀ)ᵀ`: on processors with
 * AVX-512 oneDNN takes up to three times as long where the large matrix is the transposed one.
 *
 * Done when the gradients are there: TensorFlow's are of the same kernel as the product that they belong to. The gradient by the kernel
 * comes before: what waits for nothing else TensorFlow leaves for the step's end, when a thread of many has nothing else to do.
 */
export function turnProducts(graph: Graph, operations: readonly Pointer[]): void {
  const places = new Map(operations.map((operation, place) => [operation, place]));
  for (const [place, product] of operations.entries()) {
    if (graph.type(product) !== 'MatMul') continue;
    const [a, b] = [graph.input(product, 0), graph.input(product, 1)];
    if (a.dtype !== DataType.float32 || !graph.flag(product, 'transpose_b')) continue;
    if (graph.flag(product, 'transpose_a') || !b.shape.every(dim => dim >= WORTHWHILE)) continue;
    if (a.shape[0] < FEWEST || a.shape[0] > MOST) continue;
    const flags = ['transpose_a', 'transpose_b'].map(name => boolAttribute(name, false));
    const attributes = [typeAttribute('T', a.dtype), ...flags];
    const isBefore = (input: Output): boolean => (places.get(input.oper) ?? place) < place;
    const after = productsOf(graph, a).filter(other => [0, 1].every(i => isBefore(graph.input(other, i))));
    const [turned] = graph.add({ type: 'MatMul', attributes, inputs: [b, transposed(graph, a)], after });
    graph.redirect(graph.consumers({ oper: product, index: 0 }), transposed(graph, turned));
  }
}

/** As a batch of one: TensorFlow would put a plain matrix's transposition back into the product. */
function transposed(graph: Graph, matrix: Output): Output {
  const sink = sinkOf(graph);
  const [rows, columns] = matrix.shape;
  return reshape(transpose(reshape(matrix, [1, rows, columns], sink), [0, 2, 1], sink), [columns, rows], sink);
}

/** The products with a transposed left matrix that take `dy`: a gradient by a kernel, unless it is one of second order. */
const productsOf = (graph: Graph, dy: Output): Pointer[] =>
  graph
    .consumers(dy)
    .map(({ oper }) => oper)
    .filter(product => graph.type(product) === 'MatMul' && graph.flag(product, 'transpose_a'));
