import type { LayersModel } from '@tensorflow/tfjs-layers';
import { innerLayers } from './innerLayers.js';
import { MaskFlow } from './maskFlow.js';
import { beginsMask, type MaskSource } from './passesMask.js';

/** The layer whose mask reaches one of a model's outputs, by Keras's rules of what hands one on; null where there is none. */
export function maskSource(model: LayersModel, index: number): MaskSource | null {
  if (!innerLayers(model).some(({ layer }) => beginsMask(layer))) return null;
  const found = new MaskFlow().of(model.outputs[index]);
  return found === 'input' || found === 'unclear' ? null : found;
}
