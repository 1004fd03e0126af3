import type { layers } from '@tensorflow/tfjs-layers';

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly rate?: number;
  readonly stddev?: number;
  readonly activation?: { getClassName(): string };
}

/** In training mode, a tensor of its own comes out of these. */
const RANDOM: readonly string[] = [
  ...['AlphaDropout', 'Dropout', 'GaussianDropout', 'GaussianNoise'],
  ...['SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D'],
];
const UNCHANGING: readonly string[] = ['ActivityRegularization', 'Identity'];

/** Whether in Keras the very tensor comes out of a layer that went into it, with the mask and the logits that are noted on it. */
export function sameness(layer: layers.Layer): 'yes' | 'no' | 'in inference' {
  const className = layer.getClassName();
  const { rate, stddev, activation } = layer as unknown as Fields;
  if (RANDOM.includes(className)) return (rate ?? stddev) === 0 ? 'yes' : 'in inference';
  const isLinear = className === 'Activation' && activation?.getClassName() === 'linear';
  return isLinear || UNCHANGING.includes(className) ? 'yes' : 'no';
}
