import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { UnsupportedModelError } from '../../error/unsupportedModelError.js';
import { DilatedDepthwiseConv2D } from '../../layer/dilatedDepthwiseConv2d.js';
import { isModel } from '../../layer/innerLayers.js';
import { callsOf } from '../../layer/layerCalls.js';
import { snakeCase } from '../snakeCase.js';
import { CALL_OPTIONS, isAttention, kerasCall } from './attentionCalls.js';
import { KERAS_HARD_SIGMOID } from './kerasActivations.js';
import {
  configLayers,
  isDilated,
  isKerasObject,
  isModelClass,
  type KerasLayer,
  type KerasObject,
  layerName,
} from './kerasConfig.js';
import { isOneOf, kerasLayerClass } from './kerasLayers.js';
import { activationNames } from './kerasNames.js';
import { modelConfig } from './modelConfig.js';
import { refuseGraphMasks } from './refuseGraphMasks.js';
import { withoutStandIn } from './standIns.js';

/**
 * A tfjs model's config in the dialect of Keras 3, as its `config.json` has it.
 *
 * @throws UnsupportedModelError where the model has something that Keras 3 doesn't have; the message names the layer
 */
export function toKerasConfig(model: LayersModel): KerasObject {
  refuseGraphMasks(model, { origin: "The model can't be written for Keras", keras3: true, operations: new Set() });
  return convertModel(modelConfig(model), model);
}

function convertModel(config: KerasObject, model: LayersModel): KerasObject {
  if (config.class_name === 'Sequential') return convertSequential(config, model);
  const members = configLayers(config);
  const nested = new Set(members.filter(({ class_name }) => isModelClass(class_name)).map(layerName));
  const sequential = new Set(members.filter(({ class_name }) => class_name === 'Sequential').map(layerName));
  // tfjs counts a model's own graph as its node 0, Keras 3 only its calls; but those of a functional one from 1 in the ends.
  const nodeIndex = (name: string, index: number): number => (nested.has(name) ? index - 1 : index);
  const end = ([name, node, tensor]: Reference) => [name, sequential.has(name) ? node - 1 : node, tensor];
  const ends = (key: string): unknown => {
    const list = config.config[key] as Reference[];
    return list.length === 1 ? end(list[0]) : list.map(end);
  };
  const layers = members.map(member => {
    const calls = (member.inbound_nodes ?? []) as Reference[][];
    const inbound_nodes = calls.map(call => {
      const inputs = call.map(([name, node, tensor, options = {}]) => {
        if (Object.keys(options).length > 0) {
          throw unsupported(member, `it is called with ${Object.keys(options)}, which can't be written`);
        }
        const shape = outputShape(model.getLayer(name), node, tensor);
        const keras_history = [name, nodeIndex(name, node), tensor];
        return { class_name: '__keras_tensor__', config: { shape, dtype: 'float32', keras_history } };
      });
      if (isAttention(member.class_name)) return kerasCall(member, inputs);
      return { args: inputs.length === 1 ? inputs : [inputs], kwargs: {} };
    });
    return { ...convertLayer(member, builtLayer(model, member)), name: layerName(member), inbound_nodes };
  });
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name: model.name,
      trainable: model.trainable,
      layers,
      input_layers: ends('input_layers'),
      output_layers: ends('output_layers'),
    },
    registered_name: 'Functional',
  };
}

type Reference = readonly [layer: string, node: number, tensor: number, options?: object];

function outputShape(layer: layers.Layer, node: number, tensor: number): readonly (number | null)[] {
  // A layer's nodes may be more than this model's, but they all give the same shape as far as weights allow.
  const nodes = callsOf(layer);
  return nodes[Math.min(node, nodes.length - 1)].outputTensors[tensor].shape;
}

/** Keras 3 lists the input layer, where tfjs has the shape in the first layer. */
function convertSequential(config: KerasObject, model: LayersModel): KerasObject {
  const members = configLayers(config);
  const [input] = model.inputs;
  const first = members[0];
  const attention = members.find(({ class_name }) => isAttention(class_name));
  if (attention !== undefined) {
    throw unsupported(attention, "Keras's Sequential can't call it with a query and a value; build a functional model");
  }
  const converted = members.map(member => convertLayer(member, builtLayer(model, member)));
  const inputLayer = {
    module: 'keras.layers',
    class_name: 'InputLayer',
    config: { batch_shape: input.shape, dtype: input.dtype, sparse: false, name: `${layerName(first)}_input` },
    registered_name: null,
  };
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: { name: model.name, trainable: model.trainable, layers: [inputLayer, ...converted] },
    registered_name: null,
    build_config: { input_shape: input.shape },
  };
}

const builtLayer = (model: LayersModel, member: KerasLayer): layers.Layer | undefined =>
  model.layers.find(({ name }) => name === layerName(member));

/** @param built the layer itself, as far as it may be a model or hold one */
function convertLayer(layer: KerasLayer, built?: layers.Layer): KerasObject {
  const { class_name } = layer;
  if (isModelClass(class_name) && built !== undefined && isModel(built)) return convertModel(layer, built);
  if (class_name === 'InputLayer') {
    const { batch_input_shape, dtype, name, sparse } = layer.config;
    return kerasObject('keras.layers', class_name, { batch_shape: batch_input_shape, dtype, sparse, name });
  }
  if (class_name === 'DepthwiseConv2D' && isDilated(layer.config)) {
    throw unsupported(
      layer,
      `tfjs ignores its dilationRate, Keras doesn't; build it as new ${DilatedDepthwiseConv2D.className}`,
    );
  }
  const kerasClass = withoutStandIn(class_name);
  const {
    refused,
    unwritable,
    module = 'keras.layers',
    exported = kerasClass,
    renamed = {},
    neutral,
    allowed,
    added,
  } = kerasLayerClass(kerasClass);
  const problem = refused ?? unwritable;
  if (problem !== undefined) throw unsupported(layer, problem);
  const known: Readonly<Record<string, readonly unknown[]>> = { ...neutral, ...allowed };
  const kerasNames = new Map(Object.entries(renamed).map(([keras, tfjs]) => [tfjs, keras]));
  const config: Record<string, unknown> = { ...added };
  for (const [key, value] of Object.entries(layer.config)) {
    // What isn't set in tfjs is null; Keras's default is meant.
    if (value === null || TFJS_ONLY.includes(key)) continue;
    if (isAttention(kerasClass) && CALL_OPTIONS.includes(key)) continue;
    // Keras's own constructors of these take none.
    if (key === 'trainable' && class_name.startsWith('SpatialDropout')) continue;
    if (known[key] !== undefined && !isOneOf(value, known[key])) {
      throw unsupported(layer, `Keras computes '${key}' ${JSON.stringify(value)} otherwise than tfjs`);
    }
    config[kerasNames.get(key) ?? key] = convertValue(key, value, layer, built);
  }
  return kerasObject(module, exported, config);
}

/** Where a layer stands, and what older versions of Keras knew. */
const TFJS_ONLY: readonly string[] = ['batch_input_shape', 'input_dtype', 'implementation', 'input_length'];

function convertValue(key: string, value: unknown, layer: KerasLayer, built?: layers.Layer): unknown {
  if (key === 'activation' || key === 'recurrent_activation') return activation(value, layer);
  if (Array.isArray(value)) return value.map(item => (isKerasObject(item) ? convertLayer(item) : item));
  if (!isKerasObject(value)) return value;
  if (key === 'layer' && isAttention(value.class_name)) {
    throw unsupported(layer, `Keras can't call the ${value.class_name} in it with a query and a value`);
  }
  if (key === 'layer') return convertLayer(value, (built as { readonly layer?: layers.Layer } | undefined)?.layer);
  if (key === 'cell') return convertLayer(value);
  const kind = key.slice(key.lastIndexOf('_') + 1);
  return kerasObject(`keras.${kind}s`, value.class_name, value.config);
}

function activation(value: unknown, layer: KerasLayer): unknown {
  if (value === snakeCase(KERAS_HARD_SIGMOID)) return 'hard_sigmoid';
  if (value === 'hard_sigmoid') {
    throw unsupported(
      layer,
      `tfjs's hard_sigmoid, clip(x/5 + 1/2, 0, 1), is another function than Keras 3's, clip(x/6 + 1/2, 0, 1). ` +
        `Use 'sigmoid', or '${KERAS_HARD_SIGMOID}' for Keras 3's, and train again`,
    );
  }
  if (value === 'gelu_new') {
    throw unsupported(layer, "Keras has no name for tfjs's gelu_new, gelu by tanh. Use 'gelu', and train again");
  }
  const [renamed] = Object.entries(activationNames).find(([, tfjs]) => tfjs === value) ?? [];
  return renamed ?? value;
}

const kerasObject = (module: string, class_name: string, config: KerasObject['config']): KerasObject => ({
  module,
  class_name,
  config,
  registered_name: null,
});

const unsupported = (layer: KerasLayer, problem: string): UnsupportedModelError =>
  new UnsupportedModelError(`${layer.class_name} '${layerName(layer)}' can't be written for Keras: ${problem}.`);
