import { DataType } from '../native/dataType.js';
import { AttributeType, typeAttribute } from '../native/executor.js';
import type { Graph } from './graph.js';

/** Multiplications of a product that is worth it. Smaller ones stay as they are, rounded as Keras rounds them. */
const WORTHWHILE = 2 ** 20;

/**
 * Lets Eigen compute the products of matrices that are taken as they are; transposed ones stay with oneDNN. Without AVX-512,
 * oneDNN needs a fifth more time for the former (it rearranges the right matrix in every call) and half for the latter.
 *
 * Done when the gradients are there: TensorFlow's are of the same kernel as the product that they belong to.
 */
export function eigenProducts(graph: Graph): void {
  for (const product of graph.newOperations('MatMul')) {
    if (graph.flag(product, 'transpose_a') || graph.flag(product, 'transpose_b')) continue;
    const [a, b] = [graph.input(product, 0), graph.input(product, 1)];
    if (a.dtype !== DataType.float32 || a.shape[0] * a.shape[1] * b.shape[1] < WORTHWHILE) continue;
    const types = ['Ta', 'Tb', 'Tout'].map(name => typeAttribute(name, a.dtype));
    const flags = ['adj_x', 'adj_y'].map(name => ({ name, type: AttributeType.bool, value: false }));
    const [eigen] = graph.add({ type: 'BatchMatMulV3', attributes: [...types, ...flags], inputs: [a, b] });
    graph.redirect({ oper: product, index: 0 }, eigen);
  }
}
