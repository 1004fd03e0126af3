import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layer/layerCalls.js';

/** The calls that make up a model, by their distance to the outputs; none where it has no input shape yet. */
export function callsByDepth(model: LayersModel): readonly (readonly LayerCall[])[] {
  // tfjs connects a Sequential when it is first asked for more than its layers.
  if (!model.built && model.inputs?.length > 0) model.build(model.inputs[0].shape);
  const { nodesByDepth = {} } = model as unknown as { readonly nodesByDepth?: Readonly<Record<string, LayerCall[]>> };
  return Object.values(nodesByDepth);
}
