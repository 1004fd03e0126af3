import * as tf from '@tensorflow/tfjs-core';
import { nearest } from '../../error/nearest.js';
import { UnsupportedModelError } from '../../error/unsupportedModelError.js';
import { isModelClass, isRecord, type KerasLayer, type KerasObject, kerasTensors, layerName } from './kerasConfig.js';
import { kerasLayerClass, kerasLayers } from './kerasLayers.js';

export interface KerasFile {
  /** Names the file in messages. */
  readonly origin: string;
}

/** Whether tfjs's deserialization knows a class. */
export const isRegistered = (className: string): boolean =>
  Object.hasOwn(tf.serialization.SerializationMap.getMap().classNameMap, className);

/** Operations that do what the layer of the same name does, where they are given two tensors of as many axes. */
const OPERATIONS: readonly string[] = ['Add', 'Maximum', 'Minimum', 'Multiply', 'Subtract'];

/**
 * Functions of `keras.ops` and Python's operators stand in Keras 3's list of layers, some by a layer's name. A `.keras` file
 * says from which module they are; in an `.h5` file, they lack what every layer's config has.
 */
function isOperation({ class_name, module, config, inbound_nodes }: KerasLayer): boolean {
  if (typeof module === 'string') return /^keras(\.src)?\.ops\b/.test(module);
  const own = isRegistered(class_name) && !Object.hasOwn(kerasLayers, class_name);
  return (
    isRecord(inbound_nodes?.[0]) && !isModelClass(class_name) && !own && !('trainable' in config || 'dtype' in config)
  );
}

function refuseOperation(layer: KerasLayer, file: KerasFile): void {
  if (!isOperation(layer)) return;
  const isPair = (node: unknown): boolean => {
    const args = isRecord(node) ? node.args : null;
    const ranks = kerasTensors(args).map(({ config }) =>
      Array.isArray(config.shape) ? config.shape.length : Number.NaN,
    );
    return Array.isArray(args) && args.length === 2 && ranks.length === 2 && ranks[0] === ranks[1];
  };
  if (OPERATIONS.includes(layer.class_name) && (layer.inbound_nodes ?? []).every(isPair)) return;
  throw unsupported(
    file,
    layer,
    `it is an operation of keras.ops, of which only ${OPERATIONS.join(', ')} of two tensors of as many axes are known ` +
      'here. Build the model of layers alone: Rescaling, Reshape, Activation, … in place of operators and functions',
  );
}

/**
 * Whether a layer or model can be built at all; its options are another matter.
 *
 * @throws UnsupportedModelError where its class isn't known here, computes otherwise or holds code, or it is an operation
 */
export function refuseLayer(layer: KerasLayer, file: KerasFile): void {
  refuseOperation(layer, file);
  refuseUnknownClass(layer, file);
}

function refuseUnknownClass(layer: KerasObject, file: KerasFile): void {
  const { class_name } = layer;
  if (isModelClass(class_name)) return;
  const { refused, missing } = kerasLayerClass(class_name === '__lambda__' ? 'Lambda' : class_name);
  if (refused !== undefined) throw unsupported(file, layer, refused);
  if (isRegistered(class_name)) return;
  const register =
    `call tf.serialization.registerClass with ${missing === undefined ? 'its tfjs class' : 'a tfjs class'} ` +
    `(static className = '${class_name}') before loading`;
  if (missing !== undefined) throw unsupported(file, layer, `${missing}. If you have it yourself, ${register}`);
  const suggestion = nearest(class_name, Object.keys(kerasLayers));
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
  throw unsupported(file, layer, `unknown layer class '${class_name}'${hint}. If it is your own, ${register}`);
}

export const unsupported = ({ origin }: KerasFile, layer: KerasObject, problem: string): UnsupportedModelError =>
  new UnsupportedModelError(`${origin}: ${layer.class_name} '${layerName(layer)}': ${problem}.`);
