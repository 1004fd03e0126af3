import { passesMask } from '../../layer/passesMask.js';
import { configLayers, isKerasObject, type KerasObject } from './kerasConfig.js';
import { type KerasFile, unsupported } from './kerasFileErrors.js';
import { withoutStandIn } from './standIns.js';

/** Layers that take a mask and do here what they do with it in Keras. */
export const takesMask = (layer: KerasObject): boolean =>
  isRecurrent(layer) || layer.class_name === 'GlobalAveragePooling1D';

export const isRecurrent = ({ class_name }: Pick<KerasObject, 'class_name'>): boolean =>
  ['Bidirectional', 'ConvLSTM2D', 'GRU', 'LSTM', 'RNN', 'SimpleRNN'].includes(withoutStandIn(class_name));

/**
 * @throws UnsupportedModelError where a Sequential has a mask that tfjs would treat otherwise: it gives one to all layers that
 *   follow, those behind a layer that ends it in Keras too
 */
export function refuseMasks(model: KerasObject, file: KerasFile): void {
  let state: 'none' | 'masked' | 'ended' = 'none';
  for (const layer of configLayers(model)) {
    if (layer.class_name === 'Masking' || (layer.class_name === 'Embedding' && layer.config.mask_zero === true)) {
      state = 'masked';
      continue;
    }
    if (state === 'ended' && takesMask(layer)) {
      throw unsupported(file, layer, 'a layer before it ends the mask in Keras, while tfjs would hand it on');
    }
    if (state !== 'masked') continue;
    const isPassing = isRecurrent(layer) ? returnsSequences(layer) : passesMask(layer.class_name);
    if (!isPassing) state = 'ended';
  }
}

function returnsSequences({ config }: KerasObject): boolean {
  const { layer } = config;
  return isKerasObject(layer) ? returnsSequences(layer) : config.return_sequences === true;
}
