import { DataType } from '../native/dataType.js';
import { intAttribute, textAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';

/**
 * Computes the gradients of convolutions with a constant kernel as what they are: convolutions with the kernel turned round.
 * oneDNN keeps its own layout of a convolution's constant kernel, while it rearranges that of a gradient at each run: for
 * VGG16 more work than a small picture is.
 *
 * Done when the gradients are there, like {@link eigenProducts}.
 */
export function gradientConvolutions(graph: Graph): void {
  const turned = new Map<Pointer, Output>();
  for (const gradient of graph.newOperations()) {
    if (graph.type(gradient) !== 'Conv2DBackpropInput') continue;
    const [kernel, dy] = [graph.input(gradient, 1), graph.input(gradient, 2)];
    if (graph.type(kernel.oper) !== 'Const' || kernel.dtype !== DataType.float32 || !isPlain(graph, gradient, kernel))
      continue;
    const other = turned.get(kernel.oper) ?? turn(graph, kernel);
    turned.set(kernel.oper, other);
    const [dx] = graph.add({
      type: 'Conv2D',
      attributes: [
        typeAttribute('T', dy.dtype),
        intAttribute('strides', [1, 1, 1, 1]),
        textAttribute('padding', 'SAME'),
      ],
      inputs: [dy, other],
    });
    graph.redirect(graph.consumers({ oper: gradient, index: 0 }), dx);
  }
}

/** Whether the gradient is a convolution of the same padding: no strides, and as much padding at the end as at the start. */
const isPlain = (graph: Graph, gradient: Pointer, { shape: [rows, columns] }: Output): boolean =>
  rows % 2 === 1 &&
  columns % 2 === 1 &&
  graph.text(gradient, 'padding') === 'SAME' &&
  graph.text(gradient, 'data_format') === 'NHWC' &&
  ['strides', 'dilations'].every(name => graph.numbers(gradient, name, 4).every(step => step === 1));

/** Upside down and back to front, with inputs for outputs. */
function turn(graph: Graph, kernel: Output): Output {
  const [rows, columns, inputs, outputs] = kernel.shape;
  const values = graph.constantValues(kernel) as Float32Array;
  const turned = new Float32Array(values.length);
  const positions = rows * columns;
  for (let position = 0, at = 0; position < positions; position++) {
    const to = (positions - 1 - position) * inputs * outputs;
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) turned[to + o * inputs + i] = values[at++];
    }
  }
  return graph.constant(kernel.dtype, [rows, columns, outputs, inputs], turned);
}
