import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { initializeWeights } from '../../src/model/initializeWeights.js';

/** A small network of pictures of any size: convolution `a` with 4 filters, pooling by 4, convolution `b` with 5. */
export function filterNet(activation: 'relu' | 'softplus'): LayersModel {
  const model = sequential({
    layers: [
      layers.conv2d({ name: 'a', inputShape: [null, null, 3], filters: 4, kernelSize: 3, padding: 'same' }),
      layers.maxPooling2d({ name: 'pool', poolSize: 4, strides: 4 }),
      layers.conv2d({ name: 'b', filters: 5, kernelSize: 3, padding: 'same', activation }),
    ],
  });
  initializeWeights(model, 3);
  return model;
}
