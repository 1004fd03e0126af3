import { DataType } from '../native/dataType.js';
import {
  AttributeType,
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
 * Makes one kernel of a convolution, its bias and the activation behind them: what comes out is written once.
 *
 * Done when the gradients are there, after `reluGradients`: in training it leaves a convolution no ReLU, since oneDNN's fused one makes
 * 0 of NaN.
 *
 * @param fetched operations whose outputs are results
 */
export function fuseActivations(graph: Graph, operations: readonly Pointer[], fetched: ReadonlySet<Pointer>): void {
  for (const operation of operations) {
    if (graph.type(operation) !== 'Conv2D' || fetched.has(operation) || !isPlain(graph, operation)) continue;
    const [convolved] = graph.outputs(operation);
    const sum = onlyConsumer(graph, convolved, 'BiasAdd', fetched);
    if (sum === undefined || fetched.has(sum) || convolved.dtype !== DataType.float32) continue;
    const activation = ACTIVATIONS.map(type => onlyConsumer(graph, { oper: sum, index: 0 }, type, fetched)).find(
      Boolean,
    );
    if (activation === undefined || fetched.has(activation)) continue;
    const [fused] = graph.add({
      type: '_FusedConv2D',
      attributes: [
        typeAttribute('T', DataType.float32),
        intAttribute('num_args', 1),
        ...['strides', 'dilations'].map(name => intAttribute(name, graph.numbers(operation, name, 4))),
        textAttribute('padding', graph.text(operation, 'padding')),
        textsAttribute('fused_ops', ['BiasAdd', graph.type(activation)]),
        ...slopeOf(graph, activation),
      ],
      inputs: [graph.input(operation, 0), graph.input(operation, 1), [graph.input(sum, 1)], []],
    });
    graph.redirect(graph.consumers({ oper: activation, index: 0 }), fused);
  }
}

const ACTIVATIONS: readonly string[] = ['Relu', 'LeakyRelu', 'Relu6', 'Elu'];

const isPlain = (graph: Graph, convolution: Pointer): boolean =>
  graph.text(convolution, 'data_format') === 'NHWC' && graph.text(convolution, 'padding') !== 'EXPLICIT';

const slopeOf = (graph: Graph, activation: Pointer): readonly OpAttribute[] =>
  graph.type(activation) === 'LeakyRelu'
    ? [{ name: 'leakyrelu_alpha', type: AttributeType.float, value: graph.number(activation, 'alpha') }]
    : [];
