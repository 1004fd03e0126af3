import { DataType } from '../native/dataType.js';
import { AttributeType, boolAttribute, intAttribute, textAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';
import { onlyConsumer } from './onlyConsumer.js';

/**
 * Makes one kernel of a batch normalization and the ReLU behind it, which is oneDNN's.
 *
 * Done when the gradients are there, after `reluGradients`: it leaves ReLU only where oneDNN's, which makes 0 of NaN, may stand.
 *
 * @param fetched operations whose outputs are results
 */
export function fuseNormalizations(graph: Graph, operations: readonly Pointer[], fetched: ReadonlySet<Pointer>): void {
  for (const operation of operations) {
    const type = graph.type(operation);
    if ((type !== 'FusedBatchNormV3' && type !== 'FusedBatchNorm') || fetched.has(operation)) continue;
    const [normalized, ...statistics] = graph.outputs(operation);
    const relu = onlyConsumer(graph, normalized, ['Relu'], fetched);
    if (relu === undefined) continue;
    if (normalized.dtype !== DataType.float32 || graph.text(operation, 'data_format') !== 'NHWC') continue;
    if ((normalized.shape.at(-1) as number) % CHANNELS !== 0) continue;
    const [fused, ...same] = graph.add({
      type: '_FusedBatchNormEx',
      attributes: [
        typeAttribute('T', DataType.float32),
        typeAttribute('U', DataType.float32),
        { name: 'epsilon', type: AttributeType.float, value: graph.number(operation, 'epsilon') },
        boolAttribute('is_training', graph.flag(operation, 'is_training')),
        intAttribute('num_side_inputs', 0),
        textAttribute('activation_mode', 'Relu'),
      ],
      inputs: [...Array.from({ length: 5 }, (_, i) => graph.input(operation, i)), []],
    });
    graph.redirect(graph.consumers({ oper: relu, index: 0 }), fused);
    for (const [i, statistic] of statistics.entries()) graph.redirect(graph.consumers(statistic), same[i]);
  }
}

/** TensorFlow has the kernel for multiples of as many alone. */
const CHANNELS = 4;
