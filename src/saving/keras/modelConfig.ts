import type { LayersModel } from '@tensorflow/tfjs-layers';
import { innerLayers } from '../../layer/innerLayers.js';
import { replace } from '../../layer/replace.js';
import type { KerasObject } from './kerasConfig.js';

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly dataFormat: unknown;
  readonly depthMultiplier: unknown;
  readonly depthwiseConstraint?: { getClassName(): string; getConfig(): object } | null;
  readonly targetShape: readonly (number | null)[];
}

/** What tfjs's own config of a layer lacks or has wrong, by class name. */
const mended: Readonly<Record<string, (fields: Fields) => object>> = {
  Conv1D: ({ dataFormat }) => ({ dataFormat }),
  DepthwiseConv2D: depthwiseConstraint,
  DilatedDepthwiseConv2D: depthwiseConstraint,
  // Open lengths have become null.
  Reshape: ({ targetShape }) => ({ targetShape: targetShape.map(length => length ?? -1) }),
  SeparableConv2D: ({ depthMultiplier }) => ({ depthMultiplier }),
};

/** tfjs writes the regularizer in the constraint's place. */
function depthwiseConstraint({ depthwiseConstraint: constraint }: Fields): object {
  const config = constraint == null ? null : { className: constraint.getClassName(), config: constraint.getConfig() };
  return { depthwiseConstraint: config };
}

/** A model's config in tfjs's words, with all that is needed to build it anew. */
export function modelConfig(model: LayersModel): KerasObject {
  const undo = innerLayers(model).map(({ layer }) => {
    const className = layer.getClassName();
    if (!Object.hasOwn(mended, className)) return () => {};
    const getConfig = layer.getConfig.bind(layer);
    return replace(layer, 'getConfig', () => ({ ...getConfig(), ...mended[className](layer as unknown as Fields) }));
  });
  try {
    return model.toJSON(null, false) as unknown as KerasObject;
  } finally {
    for (const restore of undo) restore();
  }
}
