import type { layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../../src/array/hostArray.js';
import { kerasClassName } from '../../../src/saving/keras/savedLayers.js';
import { compareEqual } from '../comparison.js';
import { type BuilderOptions, buildGoldenModel } from '../modelBuilder.js';
import type { Runner } from '../runner.js';

interface ExpectedLayer {
  readonly class: string;
  readonly output_shape: readonly (number | null)[];
  readonly parameters: number;
  readonly name?: string;
}

interface Expect {
  readonly total_parameters: number;
  readonly trainable_parameters: number;
  readonly non_trainable_parameters: number;
  readonly layer_count: number;
  readonly layers_by_class: Readonly<Record<string, number>>;
  readonly layers: readonly ExpectedLayer[];
}

/** Kind `structure`: layer list and parameter counts of a network. */
export const structure: Runner = ({ given, expect }) => {
  const expected = expect as Expect;
  const model = buildGoldenModel(given as BuilderOptions);
  try {
    const total = count(model.weights);
    const trainable = count(model.trainableWeights);
    const listed =
      kerasClassName(model) === 'Sequential'
        ? model.layers.filter(layer => layer.getClassName() !== 'InputLayer')
        : model.layers;
    const byClass: Record<string, number> = {};
    for (const layer of listed) byClass[kerasClassName(layer)] = (byClass[kerasClassName(layer)] ?? 0) + 1;
    return [
      compareEqual('total_parameters', total, expected.total_parameters),
      compareEqual('trainable_parameters', trainable, expected.trainable_parameters),
      compareEqual('non_trainable_parameters', total - trainable, expected.non_trainable_parameters),
      compareEqual('layer_count', listed.length, expected.layer_count),
      compareEqual('layers_by_class', byClass, expected.layers_by_class),
      compareEqual(
        'layers',
        listed.map((layer, i) => describeLayer(layer, expected.layers[i]?.name !== undefined)),
        expected.layers,
      ),
    ];
  } finally {
    model.dispose();
  }
};

const describeLayer = (layer: layers.Layer, named: boolean): ExpectedLayer => ({
  class: kerasClassName(layer),
  output_shape: layer.outputShape as (number | null)[],
  parameters: count(layer.weights),
  ...(named ? { name: layer.name } : {}),
});

const count = (weights: layers.Layer['weights']): number =>
  weights.reduce((sum, { shape }) => sum + sizeOf(shape as number[]), 0);
