import type * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, type layers, Sequential } from '@tensorflow/tfjs-layers';
import { isModel } from '../../layer/innerLayers.js';
import type { LayerWeight } from '../../layer/tfjsLayer.js';
import { snakeCase } from '../snakeCase.js';
import { withoutStandIn } from './standIns.js';

/** One weight of a tfjs model: what file formats need of tfjs-layers' LayerVariable. */
export interface SavedWeight {
  /** Keras's name: `kernel`. */
  readonly name: string;
  /** The name that tfjs made the variable with. */
  readonly originalName: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly variable: tf.Variable;
}

/** A layer that has weights of its own, at its place in the model. */
export interface SavedLayer {
  /** The layer of the outermost model that it is or that it belongs to. */
  readonly top: string;
  /** Names from the outermost model's layer down to this one: `['lstm_1', 'lstm_cell']`. */
  readonly names: readonly string[];
  /** Where Keras 3 keeps it in a weights file: `layers/lstm/cell`. */
  readonly path: string;
  readonly className: string;
  /** In Keras's order: trainable ones first, as the layer made them. Maybe empty. */
  readonly weights: readonly SavedWeight[];
}

/** The parts that hold the weights of layers made of others; tfjs's types hide some of them. */
interface Composite {
  readonly cell?: layers.Layer;
  readonly cells?: readonly layers.Layer[];
  readonly forwardLayer?: layers.Layer;
  readonly backwardLayer?: layers.Layer;
  readonly layer?: layers.Layer;
}

/** Every layer of a model in Keras's order, models within and layers of layers opened up. */
export function savedLayers(model: LayersModel): SavedLayer[] {
  const found: SavedLayer[] = [];
  const seen = new Set<layers.Layer>();

  const visit = (layer: layers.Layer, path: string, outer: readonly string[], frozen: boolean): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const names = [...outer, layer.name];
    const off = frozen || !layer.trainable;
    const parts = partsOf(layer);
    const held = HELD[layer.getClassName()] ?? [];
    // A model's and a cell's weights are listed by the layer that holds them as well.
    const own = parts.length > 0 || held.length > 0 ? [] : layer.weights;
    found.push({
      top: names[0],
      names,
      path,
      className: kerasClassName(layer),
      weights: own.map(weight => savedWeight(weight, weightName(layer, weight), off)),
    });
    for (const [name, attribute] of held) {
      const weights = heldWeights(layer, name).map(([weight, part]) => savedWeight(weight, part, off));
      if (weights.length === 0) continue;
      found.push({
        top: names[0],
        names: [...names, name],
        path: `${path}/${attribute}`,
        className: 'EinsumDense',
        weights,
      });
    }
    for (const [part, partPath] of parts) visit(part, `${path}/${partPath}`, names, off);
  };

  for (const [layer, path] of inContainer(model.layers, 'layers')) visit(layer, path, [], !model.trainable);
  return found;
}

/** The layers within an attention in Keras, and the attributes that hold them. */
const PROJECTIONS = [
  ['query', 'query_dense'],
  ['key', 'key_dense'],
  ['gate', '_gate_dense'],
  ['value', 'value_dense'],
  ['attention_output', 'output_dense'],
] as const;

/**
 * Layers whose weights are those of layers within in Keras. Here, such a weight's name begins with that of the layer within:
 * `query_kernel`.
 */
const HELD: Readonly<Record<string, readonly (readonly [name: string, attribute: string])[]>> = {
  GroupedQueryAttention: PROJECTIONS.map(([name]) => [name, `_${name === 'attention_output' ? 'output' : name}_dense`]),
  MultiHeadAttention: PROJECTIONS,
};

/** The weights of one of the layers within, with their own names. */
function heldWeights(layer: layers.Layer, name: string): [LayerWeight, string][] {
  return layer.weights
    .map((weight): [LayerWeight, string] => [weight, lastPart(weight.originalName)])
    .filter(([, own]) => own.startsWith(`${name}_`))
    .map(([weight, own]) => [weight, own.slice(name.length + 1)]);
}

const savedWeight = (weight: LayerWeight, name: string, frozen: boolean): SavedWeight => ({
  name,
  originalName: weight.originalName,
  shape: weight.read().shape,
  trainable: weight.trainable && !frozen,
  variable: weight.read() as tf.Variable,
});

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** tfjs keeps Keras 2's name for functional models. */
export function kerasClassName(layer: layers.Layer): string {
  if (isModel(layer)) return layer instanceof Sequential ? 'Sequential' : 'Functional';
  return withoutStandIn(layer.getClassName());
}

function partsOf(layer: layers.Layer): (readonly [layers.Layer, string])[] {
  if (isModel(layer)) return inContainer(layer.layers, 'layers');
  const { cell, cells, forwardLayer, backwardLayer, layer: wrapped } = layer as unknown as Composite;
  if (cells !== undefined) return inContainer(cells, 'cells');
  if (cell !== undefined) return [[cell, 'cell']];
  if (forwardLayer !== undefined && backwardLayer !== undefined) {
    return [
      [forwardLayer, 'forward_layer'],
      [backwardLayer, 'backward_layer'],
    ];
  }
  return wrapped === undefined ? [] : [[wrapped, 'layer']];
}

/** Keras doesn't go by a layer's name, which may be another in the next process, but counts the classes. */
function inContainer(members: readonly layers.Layer[], container: string): (readonly [layers.Layer, string])[] {
  const counts = new Map<string, number>();
  return members.map(member => {
    const name = snakeCase(kerasClassName(member));
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return [member, `${container}/${count === 0 ? name : `${name}_${count}`}`] as const;
  });
}

/** Keras 3 calls the only kernel of a depthwise convolution `kernel`. */
function weightName(layer: layers.Layer, { originalName }: LayerWeight): string {
  const name = lastPart(originalName);
  return kerasClassName(layer) === 'DepthwiseConv2D' && name === 'depthwise_kernel' ? 'kernel' : name;
}
