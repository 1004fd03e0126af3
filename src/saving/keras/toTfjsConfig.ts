import { isRecord } from '../../text/json.js';
import { withCallInConfig } from './attentionCalls.js';
import { convertActivation } from './convertActivation.js';
import { isRegistered } from './isRegistered.js';
import {
  configLayers,
  isDilated,
  isKerasObject,
  isModelClass,
  type KerasConfig,
  type KerasLayer,
  type KerasObject,
  kerasTensors,
  layerName,
} from './kerasConfig.js';
import { damaged, type KerasFile, registerHint, unsupported } from './kerasFileErrors.js';
import { isOneOf, kerasLayerClass } from './kerasLayers.js';
import { initializerNames } from './kerasNames.js';
import { maskOperations, mergedMasks, sourceOf } from './maskOperations.js';
import { convertEnd, isReference, type Reference, references, shiftNested } from './nodeReferences.js';
import { asLayer } from './operations.js';
import { orderCalls } from './orderCalls.js';
import { refuseLayer } from './refuseLayer.js';
import { isRecurrent, refuseMasks, takesMask } from './refuseMasks.js';
import { withStandIn } from './standIns.js';

export interface DialectOptions extends KerasFile {
  /** Whether Keras 3 or later wrote the config: `hard_sigmoid` is another function since. */
  readonly keras3: boolean;
}

/**
 * A model's config of any Keras from 2.2.4 to 3, in the dialect that tfjs-layers reads, which is that of Keras 2:
 * `batch_input_shape`, names of types as text, `inbound_nodes` as nested lists.
 *
 * @throws UnsupportedModelError where the config names a layer, an activation or an option that isn't known here, or
 *   holds code (Lambda), which is never run
 */
export function toTfjsConfig(model: KerasObject, options: DialectOptions): KerasObject {
  const { class_name } = model;
  refuseLayer(model, options);
  const sequential = class_name === 'Sequential';
  return { class_name, config: sequential ? sequentialConfig(model, options) : functionalConfig(model, options) };
}

/** An input layer isn't listed in a Sequential of Keras 2: its shape stands in the first layer. */
function sequentialConfig(model: KerasObject, options: DialectOptions): KerasConfig {
  refuseMasks(model, options);
  const layers = configLayers(model);
  const input = layers.find(({ class_name }) => class_name === 'InputLayer');
  const converted = layers.filter(layer => layer !== input).map(layer => convertLayer(layer, options));
  const [first, ...rest] = converted;
  if (first === undefined) throw unsupported(options, model, 'it has no layers');
  const shape =
    input === undefined ? (first.config.batch_input_shape ?? model.config.build_input_shape) : inputShape(input);
  if (isModelClass(first.class_name)) {
    // Without an input of its own tfjs takes the layers of the first model for the outer one's.
    const own = { class_name: 'InputLayer', config: { name: `${layerName(model)}_input`, batch_shape: shape } };
    const begin = convertLayer(input ?? own, options);
    return { name: layerName(model), layers: Array.isArray(shape) ? [begin, ...converted] : converted };
  }
  if (!Array.isArray(shape)) {
    throw unsupported(options, model, 'its input shape is not in the file; build the model in Keras before saving it');
  }
  return {
    name: layerName(model),
    layers: [{ ...first, config: { ...first.config, batch_input_shape: shape } }, ...rest],
  };
}

function functionalConfig(model: KerasObject, options: DialectOptions): KerasConfig {
  const listed = configLayers(model);
  const broken = listed.find(({ inbound_nodes = [] }) => !Array.isArray(inbound_nodes));
  if (broken !== undefined) throw damaged(options, model, layerName(broken), "its 'inbound_nodes' are damaged");
  const all = listed.map(layer => withCallInConfig(asLayer(layer), options));
  const masks = maskOperations(all);
  const among = { masks, merged: mergedMasks(all) };
  const layers = all.filter(layer => !masks.has(layerName(layer)));
  const nested = new Set(layers.filter(({ class_name }) => isModelClass(class_name)).map(layerName));
  let keras3Nodes = false;
  const converted = layers.map(layer => {
    const description = convertLayer(layer, options);
    const inbound = (layer.inbound_nodes ?? []).map(node => {
      if (isRecord(node)) keras3Nodes = true;
      return isRecord(node) ? convertNode(node, { nested, ...among }, layer, options) : (node as Reference[]);
    });
    return { ...description, name: layerName(layer), inbound_nodes: inbound };
  });
  const ends = (key: string): Reference[] =>
    references(model.config[key]).map(end => (keras3Nodes ? convertEnd(end, layers) : end));
  const graph = {
    name: layerName(model),
    layers: converted,
    input_layers: ends('input_layers'),
    output_layers: ends('output_layers'),
  };
  return orderCalls(graph, (layer, problem) => damaged(options, model, layer, problem));
}

/** One call of a layer: from `{args, kwargs}` with tensors in them to a list of `[layer, node, tensor, kwargs]`. */
function convertNode(
  node: Readonly<Record<string, unknown>>,
  { nested, masks, merged }: Readonly<Record<'nested' | 'masks' | 'merged', ReadonlySet<string>>>,
  layer: KerasLayer,
  options: DialectOptions,
): Reference[] {
  const kwargs = isRecord(node.kwargs) ? node.kwargs : {};
  const maskMakers = kerasTensors([kwargs.mask]).map(sourceOf);
  const isMasked = maskMakers.some(maker => masks.has(maker));
  if (isMasked && isRecurrent(layer) && maskMakers.some(maker => merged.has(maker))) {
    throw unsupported(
      options,
      layer,
      'its mask has come through a merge or attention, of which tfjs makes something else',
    );
  }
  if (!isMasked && masks.size > 0 && takesMask(layer)) {
    throw unsupported(options, layer, 'it gets no mask in Keras, while tfjs would hand that of another layer on');
  }
  for (const [key, value] of Object.entries(kwargs)) {
    const isMask = key === 'mask' && isMasked && (takesMask(layer) || layer.class_name === 'BatchNormalization');
    if (!isNothing(value) && !isMask) {
      throw unsupported(options, layer, `it is called with the argument '${key}', which tfjs doesn't have`);
    }
  }
  return kerasTensors(node.args).map(tensor => {
    const history = tensor.config.keras_history;
    if (!isReference(history)) throw unsupported(options, layer, `an input without 'keras_history'`);
    return [...shiftNested(history, nested), {}];
  });
}

/** No argument; a model of several inputs has a mask for each. */
const isNothing = (value: unknown): boolean =>
  value === null || value === false || (Array.isArray(value) && value.every(isNothing));

function convertLayer(layer: KerasLayer, options: DialectOptions): KerasObject {
  const { class_name } = layer;
  refuseLayer(layer, options);
  if (isModelClass(class_name)) return toTfjsConfig(layer, options);
  if (class_name === 'InputLayer') {
    const { name, sparse = false } = layer.config;
    const dtype = typeName(layer, options);
    return { class_name, config: { name, sparse, dtype, batch_input_shape: inputShape(layer) } };
  }
  const { renamed = {}, neutral, allowed } = kerasLayerClass(class_name);
  const config: Record<string, unknown> = {};
  const given = class_name === 'Bidirectional' ? withoutZeroing(layer.config) : layer.config;
  for (const [key, value] of Object.entries(given)) {
    refuseValue(key, value, { ...neutral, ...allowed }, layer, options);
    if (neutral?.[key] === undefined) config[renamed[key] ?? key] = convertValue(key, value, layer, options);
  }
  if (config.dtype !== undefined) config.dtype = typeName(layer, options);
  if (class_name === 'Bidirectional') {
    refuseOtherBackwardLayer(layer, options);
    delete config.backward_layer;
  }
  // One axis may stand in a list.
  if (class_name === 'BatchNormalization' && Array.isArray(config.axis)) config.axis = config.axis[0];
  if (class_name === 'DepthwiseConv2D' && isDilated(config)) refuseChannelsFirst(layer, options);
  return { class_name: withStandIn(class_name, config), config };
}

function refuseValue(
  key: string,
  value: unknown,
  known: Readonly<Record<string, readonly unknown[]>>,
  layer: KerasLayer,
  options: DialectOptions,
): void {
  if (known[key] === undefined || isOneOf(value, known[key])) return;
  const hint =
    key === 'activity_regularizer' ? '; put a layer ActivityRegularization behind it, which does the same' : '';
  throw unsupported(options, layer, `'${key}' ${JSON.stringify(value)} is not known here${hint}`);
}

function refuseChannelsFirst(layer: KerasLayer, options: DialectOptions): void {
  if (layer.config.data_format !== 'channels_first') return;
  throw unsupported(options, layer, `a 'dilation_rate' other than 1 needs 'data_format' channels_last`);
}

function convertValue(key: string, value: unknown, layer: KerasLayer, options: DialectOptions): unknown {
  if (key === 'activation' || key === 'recurrent_activation') return convertActivation(value, layer, options);
  if (Array.isArray(value)) {
    return value.map(item => (isKerasObject(item) ? convertLayer(item, options) : item));
  }
  if (!isKerasObject(value)) return value;
  const { class_name, config } = value;
  if (key === 'layer' || key === 'cell' || key === 'backward_layer') return convertLayer(value, options);
  if (key.endsWith('_regularizer')) return regularizer(value, layer, options);
  const { distribution } = config;
  const tfjsName = Object.hasOwn(initializerNames, class_name) ? initializerNames[class_name] : class_name;
  if (/_(initializer|constraint)$/.test(key) && !isRegistered(tfjsName)) {
    throw unsupported(options, layer, `unknown '${key}' ${class_name}. If it is your own, ${registerHint(tfjsName)}`);
  }
  return {
    class_name: tfjsName,
    config: distribution === 'untruncated_normal' ? { ...config, distribution: 'normal' } : config,
  };
}

/** tfjs has one class for all: L1L2. */
function regularizer({ class_name, config }: KerasObject, layer: KerasLayer, options: DialectOptions): KerasObject {
  if (!['L1', 'L2', 'L1L2'].includes(class_name)) {
    throw unsupported(options, layer, `tfjs has no regularizer ${class_name}; save the model without it, or with L1L2`);
  }
  return { class_name: 'L1L2', config: { l1: config.l1 ?? 0, l2: config.l2 ?? 0 } };
}

/** Keras's Bidirectional overrides what its layers say of their outputs at steps that don't count. */
const withoutZeroing = (config: KerasConfig): KerasConfig =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (!isKerasObject(value)) return [key, value];
      const { zero_output_for_mask: _, ...rest } = value.config;
      return [key, { ...value, config: rest }];
    }),
  );

/** tfjs makes the layer that goes backward of the one that goes forward. */
function refuseOtherBackwardLayer(wrapper: KerasLayer, options: DialectOptions): void {
  const { layer, backward_layer: backward } = wrapper.config;
  if (!isKerasObject(layer) || !isKerasObject(backward)) return;
  if (layer.class_name === backward.class_name && behaviour(layer.config) === behaviour(backward.config)) return;
  throw unsupported(options, wrapper, "its 'backward_layer' is another one than its 'layer', turned around");
}

/** Options that two layers of the same kind may differ in, at any depth. */
const IDENTITY: readonly string[] = ['name', 'go_backwards', 'seed', 'build_config', 'shared_object_id'];

const behaviour = (config: unknown): string =>
  JSON.stringify(config, (key, value) => (IDENTITY.includes(key) ? undefined : value));

const inputShape = (layer: KerasLayer): unknown => layer.config.batch_shape ?? layer.config.batch_input_shape;

/** A type or a policy (`{class_name: DTypePolicy, config: {name}}`) as what tfjs computes in. */
function typeName(layer: KerasLayer, options: DialectOptions): string {
  const { dtype } = layer.config;
  const name = isKerasObject(dtype) ? dtype.config.name : (dtype ?? 'float32');
  const known = typeof name === 'string' ? TYPES[name] : undefined;
  if (known === undefined) {
    throw unsupported(options, layer, `tfjs can't compute in the type ${JSON.stringify(name)}`);
  }
  return known;
}

const TYPES: Readonly<Record<string, string>> = {
  float32: 'float32',
  // Of numbers that are shorter in Keras, all or those inside of a layer, more is kept here.
  float16: 'float32',
  bfloat16: 'float32',
  mixed_float16: 'float32',
  mixed_bfloat16: 'float32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'int32',
  bool: 'bool',
  string: 'string',
};
