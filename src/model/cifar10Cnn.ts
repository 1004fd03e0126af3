import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { requireBackend } from '../native/requireBackend.js';
import { layerNames } from './layerNames.js';

export interface Cifar10CnnOptions {
  /** `[rows, columns, channels]`. Default: `[32, 32, 3]`. */
  readonly inputShape?: readonly number[];
  /** Default: 10. */
  readonly classes?: number;
}

/** The network of Keras's `cifar10_cnn` example: four convolutions and two dense layers, 1,250,858 parameters. */
export function cifar10Cnn({ inputShape = [32, 32, 3], classes = 10 }: Cifar10CnnOptions = {}): LayersModel {
  requireBackend();
  const name = layerNames();
  const convolution = (filters: number, padding: 'same' | 'valid', first: object = {}): layers.Layer =>
    layers.conv2d({ name: name('conv2d'), filters, kernelSize: 3, padding, activation: 'relu', ...first });
  const pool = (): layers.Layer => layers.maxPooling2d({ name: name('max_pooling2d'), poolSize: 2 });
  const dropout = (rate: number): layers.Layer => layers.dropout({ name: name('dropout'), rate });
  return sequential({
    name: 'sequential',
    layers: [
      convolution(32, 'same', { inputShape: [...inputShape] }),
      convolution(32, 'valid'),
      pool(),
      dropout(0.25),
      convolution(64, 'same'),
      convolution(64, 'valid'),
      pool(),
      dropout(0.25),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'dense', units: 512, activation: 'relu' }),
      dropout(0.5),
      layers.dense({ name: 'dense_1', units: classes, activation: 'softmax' }),
    ],
  });
}
