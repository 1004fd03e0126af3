import { DataType } from '../native/dataType.js';
import {
  AttributeType,
  boolAttribute,
  intAttribute,
  type OpAttribute,
  textAttribute,
  textsAttribute,
  typeAttribute,
} from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';
import { onlyConsumer } from './onlyConsumer.js';

/**
 * Makes one kernel of a convolution or product, its bias and the activation behind them: what comes out is written once. They are the
 * kernels that TensorFlow's own rewriting makes, so that results are rounded as Keras's are.
 *
 * Done when the gradients are there, after `reluGradients`: in training it leaves them no ReLU, since oneDNN's fused one makes 0 of NaN.
 *
 * @param fetched operations whose outputs are results
 */
export function fuseActivations(graph: Graph, operations: readonly Pointer[], fetched: ReadonlySet<Pointer>): void {
  for (const operation of operations) {
    const fusion = FUSIONS[graph.type(operation)];
    if (fusion === undefined || fetched.has(operation) || !fusion.isPlain(graph, operation)) continue;
    const [product] = graph.outputs(operation);
    const sum = onlyConsumer(graph, product, ['BiasAdd'], fetched);
    if (sum === undefined || product.dtype !== DataType.float32) continue;
    const activation = onlyConsumer(graph, { oper: sum, index: 0 }, fusion.activations, fetched);
    const [fused] = graph.add({
      type: fusion.type,
      attributes: [
        typeAttribute('T', DataType.float32),
        intAttribute('num_args', 1),
        textsAttribute('fused_ops', activation === undefined ? ['BiasAdd'] : ['BiasAdd', graph.type(activation)]),
        ...fusion.attributes(graph, operation),
        ...(activation === undefined ? [] : slopeOf(graph, activation)),
      ],
      inputs: [graph.input(operation, 0), graph.input(operation, 1), [graph.input(sum, 1)], ...fusion.further],
    });
    graph.redirect(graph.consumers({ oper: activation ?? sum, index: 0 }), fused);
  }
}

interface Fusion {
  readonly type: string;
  readonly activations: readonly string[];
  /** Inputs behind the bias. */
  readonly further: readonly [][];
  isPlain(graph: Graph, operation: Pointer): boolean;
  attributes(graph: Graph, operation: Pointer): readonly OpAttribute[];
}

const ACTIVATIONS: readonly string[] = ['Relu', 'Relu6', 'Elu'];

const CONVOLUTION: Pick<Fusion, 'isPlain' | 'attributes'> = {
  isPlain: (graph, operation) =>
    graph.text(operation, 'data_format') === 'NHWC' && graph.text(operation, 'padding') !== 'EXPLICIT',
  attributes: (graph, operation) => [
    ...['strides', 'dilations'].map(name => intAttribute(name, graph.numbers(operation, name, 4))),
    textAttribute('padding', graph.text(operation, 'padding')),
  ],
};

const FUSIONS: Readonly<Record<string, Fusion>> = {
  Conv2D: { type: '_FusedConv2D', activations: [...ACTIVATIONS, 'LeakyRelu'], further: [[]], ...CONVOLUTION },
  DepthwiseConv2dNative: {
    type: '_FusedDepthwiseConv2dNative',
    activations: ACTIVATIONS,
    further: [],
    ...CONVOLUTION,
  },
  MatMul: {
    type: '_FusedMatMul',
    activations: [...ACTIVATIONS, 'LeakyRelu', 'Tanh', 'Sigmoid'],
    further: [],
    isPlain: () => true,
    attributes: (graph, operation) =>
      ['transpose_a', 'transpose_b'].map(name => boolAttribute(name, graph.flag(operation, name))),
  },
};

const slopeOf = (graph: Graph, activation: Pointer): readonly OpAttribute[] =>
  graph.type(activation) === 'LeakyRelu'
    ? [{ name: 'leakyrelu_alpha', type: AttributeType.float, value: graph.number(activation, 'alpha') }]
    : [];
