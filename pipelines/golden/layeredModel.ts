import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SafetensorsArray } from '../../src/file/safetensors.js';
import { l1l2, setActivityRegularizer } from '../../src/layer/activityRegularizer.js';
import { isKerasObject, type KerasObject } from '../../src/saving/keras/kerasConfig.js';
import { modelFromConfig } from '../../src/saving/keras/modelFromConfig.js';
import { savedLayers } from '../../src/saving/keras/savedLayers.js';

/** A small model, written out: Keras's classes and constructor parameters. */
export interface LayeredModel {
  /** Without the batch dimension. */
  readonly input_shape: readonly number[];
  /** The last one is the output. */
  readonly layers: readonly LayerOptions[];
}

interface LayerOptions {
  readonly class: string;
  readonly name: string;
  /** Where its inputs come from; absent: from the layer before. */
  readonly from?: string | readonly string[];
  readonly [parameter: string]: unknown;
}

/** One weight, in Keras's order. */
export interface GivenWeight {
  readonly layer: string;
  readonly name: string;
  readonly value: SafetensorsArray;
}

/** Builds the model with the given weights. */
export async function layeredModel(
  { input_shape, layers }: LayeredModel,
  weights: readonly GivenWeight[],
): Promise<LayersModel> {
  const input = { class_name: 'InputLayer', name: 'input', inbound_nodes: [] };
  const model = await modelFromConfig(
    {
      class_name: 'Functional',
      config: {
        name: 'golden',
        layers: [
          { ...input, config: { name: 'input', batch_shape: [null, ...input_shape] } },
          ...layers.map((layer, i) => kerasLayer(layer, layers[i - 1]?.name ?? 'input')),
        ],
        input_layers: [['input', 0, 0]],
        output_layers: [[layers[layers.length - 1].name, 0, 0]],
      },
    },
    { origin: 'case.json', keras3: true },
  );
  for (const [i, { variable }] of savedLayers(model)
    .flatMap(layer => layer.weights)
    .entries()) {
    const numbers = Float32Array.from(weights[i].value.data as ArrayLike<number>);
    tf.tidy(() => variable.assign(tf.tensor(numbers, variable.shape, 'float32')));
  }
  for (const { name, activity_regularizer: given } of layers) {
    if (given === undefined) continue;
    const { l1 = 0, l2 = 0 } = given as Penalty;
    setActivityRegularizer(model.getLayer(name), l1l2(l1, l2));
  }
  return model;
}

function kerasLayer(layer: LayerOptions, previous: string) {
  const { class: className, from = previous, activity_regularizer, ...options } = layer;
  const config = Object.entries({ ...DEFAULTS[className], ...options }).map(([key, value]) => {
    if (key.endsWith('_regularizer')) return [key, l1l2Config(value as Penalty)];
    if (isKerasObject(value)) return [key, withDefaults(value)];
    // Keras's constructor makes two of one; tfjs's doesn't.
    const isPair = className === 'UpSampling2D' && key === 'size' && typeof value === 'number';
    return [key, isPair ? [value, value] : value];
  });
  const sources = typeof from === 'string' ? [from] : from;
  return {
    class_name: className,
    name: layer.name,
    config: Object.fromEntries(config),
    inbound_nodes: [sources.map(source => [source, 0, 0, {}])],
  };
}

/** A layer in a wrapper. */
const withDefaults = ({ class_name, config }: KerasObject): KerasObject => ({
  class_name,
  config: { ...DEFAULTS[class_name], ...config },
});

/** Keras's defaults where tfjs has others. */
const DEFAULTS: Readonly<Record<string, object>> = {
  LSTM: { recurrent_activation: 'sigmoid' },
  GRU: { recurrent_activation: 'sigmoid', reset_after: true },
  ConvLSTM2D: { recurrent_activation: 'sigmoid' },
};

interface Penalty {
  readonly l1?: number;
  readonly l2?: number;
}

const l1l2Config = (given: Penalty) => ({ class_name: 'L1L2', config: { l1: 0, l2: 0, ...given } });
