import { sizeOf } from '../array/hostArray.js';
import { DataType } from '../native/dataType.js';
import { AttributeType, boolAttribute, type OpAttribute, textAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { sinkOf, sum } from './operationSink.js';

/** Epsilon of each batch normalization whose shards have their mean and variance in common, by the operation that gives the mean. */
export type JointNormalizations = ReadonlyMap<Pointer, number>;

/** Of the kernel `FusedBatchNormV3`. */
export const normalizationAttributes = (epsilon: number, isTraining: boolean): readonly OpAttribute[] => [
  typeAttribute('T', DataType.float32),
  typeAttribute('U', DataType.float32),
  { name: 'epsilon', type: AttributeType.float, value: epsilon },
  textAttribute('data_format', 'NHWC'),
  boolAttribute('is_training', isTraining),
];

/**
 * Completes the gradients of batch normalizations by shards. TensorFlow's gradient by a shard takes mean and variance for constants;
 * by way of them all shards depend on all. With `x̂` the normalized input and sums over all `N` places of all shards
 *
 * `∂x = γ/σ·(∂y − Σ∂y/N − x̂·Σ(∂y·x̂)/N)`
 *
 * where TensorFlow gives `γ/σ·∂y`, and the sums as gradients by offset and scale. The rest is a normalization of `x` itself, with
 * another scale and offset.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015, section 3.
 */
export function completeNormalizations(
  graph: Graph,
  operations: readonly Pointer[],
  normalizations: JointNormalizations,
): void {
  const gradients = new Map<Pointer, Pointer[]>();
  for (const operation of operations) {
    if (graph.type(operation) !== 'FusedBatchNormGradV3') continue;
    const mean = graph.input(operation, MEAN).oper;
    if (normalizations.has(mean)) gradients.set(mean, [...(gradients.get(mean) ?? []), operation]);
  }
  for (const [mean, ofShards] of gradients) complete(graph, ofShards, normalizations.get(mean) as number);
}

/** Places among the gradient's inputs. */
const [X, SCALE, MEAN, VARIANCE] = [1, 2, 3, 4];

function complete(graph: Graph, ofShards: readonly Pointer[], epsilon: number): void {
  const float = typeAttribute('T', DataType.float32);
  const add = (type: string, ...inputs: Output[]): Output => graph.add({ type, attributes: [float], inputs })[0];
  const constant = (value: number): Output => graph.constant(DataType.float32, [], Float32Array.of(value));
  const input = (place: number): Output => graph.input(ofShards[0], place);

  const places = ofShards.reduce((total, shard) => total + placesOf(graph.input(shard, X)), 0);
  const outputs = ofShards.map(shard => graph.outputs(shard));
  const [byScale, byOffset] = [1, 2].map(place =>
    sum(
      outputs.map(output => output[place]),
      sinkOf(graph),
    ),
  );
  const deviation = add('Rsqrt', add('AddV2', input(VARIANCE), constant(epsilon)));
  const factor = add('Mul', add('Mul', input(SCALE), constant(-1 / places)), deviation);
  const [scale, offset] = [add('Mul', factor, byScale), add('Mul', factor, byOffset)];
  for (const [i, shard] of ofShards.entries()) {
    const consumers = graph.consumers(outputs[i][0]);
    const [rest] = graph.add({
      type: 'FusedBatchNormV3',
      attributes: normalizationAttributes(epsilon, false),
      inputs: [graph.input(shard, X), scale, offset, input(MEAN), input(VARIANCE)],
    });
    graph.redirect(consumers, add('AddV2', outputs[i][0], rest));
  }
}

/** Numbers of one channel. */
const placesOf = ({ shape }: Output): number => sizeOf(shape.slice(0, -1));
