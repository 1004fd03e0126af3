import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { innerLayers, isModel } from './innerLayers.js';
import { callOf, callsOf, consumers, type LayerCall } from './layerCalls.js';
import { MaskFlow, type MaskOrigin } from './maskFlow.js';
import { beginsMask } from './passesMask.js';

/** Which steps count, `[batch, steps]`, bool: null where all do. */
export interface AttentionMasks {
  readonly query: tf.Tensor | null;
  readonly value: tf.Tensor | null;
  readonly key: tf.Tensor | null;
}

/** What this needs of an attention layer. */
interface Attending extends layers.Layer {
  readonly places: readonly number[] | undefined;
}

interface Given {
  /** What tfjs hands to the layer: its latest mask, whosever it is. */
  readonly mask: tf.Tensor | null;
  readonly query: tf.Tensor;
}

/** In the order query, value, key. */
type Flags = readonly boolean[];

/**
 * The masks that query, value and key of an attention layer have in Keras, of the one that tfjs hands to it.
 *
 * @throws InvalidArgumentError where tfjs has another one than Keras, or none
 */
export function attentionMasks(layer: layers.Layer, { mask, query }: Given): AttentionMasks {
  const masked = maskedRoles(layer);
  if (!masked.includes(true)) return { query: null, value: null, key: null };
  if (mask === null || query.rank !== 3 || mask.size !== sizeOf(query.shape.slice(0, 2))) {
    throw refused(layer, `it has a mask, but none that belongs to a query of shape [${query.shape}]`);
  }
  // Merges of tfjs give a mask one axis more.
  const steps = tf.reshape(mask, query.shape.slice(0, 2));
  const [ofQuery, ofValue, ofKey] = masked.map(isMasked => (isMasked ? steps : null));
  return { query: ofQuery, value: ofValue, key: ofKey };
}

/**
 * Which of query, value and key have a mask in Keras; all masks are the same.
 *
 * @throws InvalidArgumentError where that can't be told, or isn't known here
 */
export function maskedRoles(layer: layers.Layer): Flags {
  const calls = callsOf(layer);
  if (!calls.some(hasMaskBefore)) return [false, false, false];
  const ways = calls.map(call => ofCall(layer as Attending, call));
  const [first] = ways;
  if (ways.some(way => `${way}` !== `${first}`))
    throw refused(layer, 'one of its calls has masks that another has not');
  return first;
}

function ofCall(layer: Attending, call: LayerCall): Flags {
  const { places = [0, 0] } = layer;
  const flow = new MaskFlow();
  const [query, value, key = null] = places.map(place => flow.at(call.inputTensors[place], call));
  // Of a key that is the value, Keras looks at the value's mask alone, which is the same.
  const origins: readonly MaskOrigin[] = [query, value, key];
  const sources = new Set<MaskOrigin>(origins.filter(origin => origin !== null && origin !== 'input'));
  if (sources.size === 0) return [false, false, false];
  if (sources.has('unclear'))
    throw refused(layer, 'in Keras, its mask is that of several layers or depends on the order of calls');
  // Of several inputs, tfjs hands the first one's mask to a layer.
  if (!sources.has(flow.at(call.inputTensors[0], call)))
    throw refused(layer, 'its value or key has a mask, its query has none');
  // tfjs hands on the latest mask of all.
  const makers = new Set([...connected(call)].flatMap(one => innerLayers(one).map(({ layer: inner }) => inner)));
  if ([...makers].filter(beginsMask).length !== 1)
    throw refused(layer, 'in tfjs, other masks than its own may reach it');
  return origins.map(origin => origin !== null && origin !== 'input');
}

/** Whether there is a layer before a call in which masks begin, or a model that may hold one. */
export function hasMaskBefore(call: LayerCall): boolean {
  const met = new Set<LayerCall>([call]);
  for (const { inputTensors } of met) for (const tensor of inputTensors) met.add(callOf(tensor));
  return [...met].some(({ outboundLayer }) => beginsMask(outboundLayer) || isModel(outboundLayer));
}

/** All layers of the graph that a call is part of. */
export function connected(call: LayerCall): ReadonlySet<layers.Layer> {
  const met = new Set<LayerCall>([call]);
  for (const { inputTensors, outputTensors } of met) {
    for (const tensor of inputTensors) met.add(callOf(tensor));
    for (const tensor of [...inputTensors, ...outputTensors])
      for (const consumer of consumers(tensor)) met.add(consumer);
  }
  return new Set([...met].map(({ outboundLayer }) => outboundLayer));
}

const refused = (layer: layers.Layer, problem: string): InvalidArgumentError =>
  new InvalidArgumentError(
    `${layer.getClassName()} '${layer.name}': ${problem}. Known here are masks of one Embedding or Masking layer before it that its ` +
      'query has. Build the Embedding without mask_zero, or the model so that the mask reaches the query alone.',
  );
