import type * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, type layers, Sequential } from '@tensorflow/tfjs-layers';
import { isModel } from '../../layer/innerLayers.js';
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

interface LayerWeight {
  readonly originalName: string;
  readonly trainable: boolean;
  read(): tf.Tensor;
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
    // A model's and a cell's weights are listed by the layer that holds them as well.
    const own = parts.length > 0 ? [] : (layer.weights as unknown as LayerWeight[]);
    found.push({
      top: names[0],
      names,
      path,
      className: kerasClassName(layer),
      weights: own.map(weight => ({
        name: weightName(layer, weight),
        originalName: weight.originalName,
        shape: weight.read().shape,
        trainable: weight.trainable && !off,
        variable: weight.read() as tf.Variable,
      })),
    });
    for (const [part, partPath] of parts) visit(part, `${path}/${partPath}`, names, off);
  };

  for (const [layer, path] of inContainer(model.layers, 'layers')) visit(layer, path, [], !model.trainable);
  return found;
}

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
  const name = originalName.slice(originalName.lastIndexOf('/') + 1);
  return kerasClassName(layer) === 'DepthwiseConv2D' && name === 'depthwise_kernel' ? 'kernel' : name;
}
