import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** Where tfjs's models, wrappers and recurrent layers keep the layers that they are made of. */
interface Holder {
  readonly layers?: readonly layers.Layer[];
  readonly layer?: layers.Layer;
  readonly forwardLayer?: layers.Layer;
  readonly backwardLayer?: layers.Layer;
  readonly cell?: layers.Layer;
  readonly cells?: readonly layers.Layer[];
}

/** A layer as it stands in a model. */
export interface PlacedLayer {
  readonly layer: layers.Layer;
  /** False where it, or a model around it, is not trainable. */
  readonly trainable: boolean;
}

/** A model or layer and all that is in it, each once, outer ones first, in the order of `layers`. */
export function innerLayers(outermost: layers.Layer): readonly PlacedLayer[] {
  const found = new Map<layers.Layer, PlacedLayer>();
  const visit = (layer: layers.Layer, outerTrainable: boolean): void => {
    if (found.has(layer)) return;
    const trainable = outerTrainable && layer.trainable;
    found.set(layer, { layer, trainable });
    const { layers: list = [], layer: wrapped, forwardLayer, backwardLayer, cell, cells = [] } = layer as Holder;
    for (const inner of [...list, wrapped, forwardLayer, backwardLayer, cell, ...cells]) {
      if (inner !== undefined) visit(inner, trainable);
    }
  };
  visit(outermost, true);
  return [...found.values()];
}

export const isModel = (layer: layers.Layer): layer is LayersModel => 'layers' in layer;
