import { DataType } from '../native/dataType.js';
import { boolAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';

/** Multiplications of a product that is worth it. Smaller ones stay as they are, rounded as Keras rounds them. */
const WORTHWHILE = 2 ** 20;

/**
 * Numbers in 2 KB. Rows that lie a multiple of it apart share a few sets of the processor's cache, and oneDNN, which reads
 * a matrix down its columns where it lies, gets half to four fifths of its usual speed. Eigen copies it into blocks first.
 */
const CACHE_STRIDE = 512;

/**
 * Lets Eigen compute the products that it is quicker in than oneDNN on processors without AVX-512. Where the right matrix is
 * transposed oneDNN always is: it copies that one too.
 *
 * Done when the gradients are there: TensorFlow's are of the same kernel as the product that they belong to.
 */
export function eigenProducts(graph: Graph, operations: readonly Pointer[]): void {
  for (const product of operations) {
    if (graph.type(product) !== 'MatMul') continue;
    const [a, b] = [graph.input(product, 0), graph.input(product, 1)];
    const transposed = graph.flag(product, 'transpose_a');
    if (a.dtype !== DataType.float32 || graph.flag(product, 'transpose_b')) continue;
    const [rows, inner] = transposed ? [a.shape[1], a.shape[0]] : a.shape;
    const columns = b.shape[1];
    if (rows * inner * columns < WORTHWHILE) continue;
    if (!(transposed ? isQuickTransposed(rows, columns) : isQuick(columns))) continue;
    const types = ['Ta', 'Tb', 'Tout'].map(name => typeAttribute(name, a.dtype));
    const flags = [boolAttribute('adj_x', transposed), boolAttribute('adj_y', false)];
    const [eigen] = graph.add({ type: 'BatchMatMulV3', attributes: [...types, ...flags], inputs: [a, b] });
    graph.redirect(graph.consumers({ oper: product, index: 0 }), eigen);
  }
}

/** Measured from 256 to 2,048 columns. */
const isQuick = (columns: number): boolean => columns % CACHE_STRIDE === 0 || columns <= 384;

/** As in the gradient by a layer's weights. Measured: with larger results, or those of other widths, oneDNN is as quick. */
const isQuickTransposed = (rows: number, columns: number): boolean => rows === CACHE_STRIDE && columns === CACHE_STRIDE;
