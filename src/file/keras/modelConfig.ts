import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { replace } from '../../layer/finalActivation.js';
import { innerLayers } from '../../layer/innerLayers.js';
import type { KerasObject } from './kerasConfig.js';

interface Serializable {
  getClassName(): string;
  getConfig(): object;
}

/** What tfjs's own config of a layer lacks or has wrong, by class name. */
const mended: Readonly<Record<string, (layer: layers.Layer) => object>> = {
  LayerNormalization: layer => ({ axis: (layer as unknown as { readonly axis: unknown }).axis }),
  DepthwiseConv2D: depthwiseConstraint,
  DilatedDepthwiseConv2D: depthwiseConstraint,
};

/** tfjs writes the regularizer in the constraint's place. */
function depthwiseConstraint(layer: layers.Layer): object {
  const { depthwiseConstraint: constraint } = layer as unknown as {
    readonly depthwiseConstraint?: Serializable | null;
  };
  const config = constraint == null ? null : { className: constraint.getClassName(), config: constraint.getConfig() };
  return { depthwiseConstraint: config };
}

/** A model's config in tfjs's words, with all that is needed to build it anew. */
export function modelConfig(model: LayersModel): KerasObject {
  const undo = innerLayers(model).map(({ layer }) => {
    const more = mended[layer.getClassName()];
    if (more === undefined) return () => {};
    const getConfig = layer.getConfig.bind(layer);
    return replace(layer, 'getConfig', () => ({ ...getConfig(), ...more(layer) }));
  });
  try {
    return model.toJSON(null, false) as unknown as KerasObject;
  } finally {
    for (const restore of undo) restore();
  }
}
