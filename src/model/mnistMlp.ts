import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { requireBackend } from '../native/requireBackend.js';

export interface MnistMlpOptions {
  /** Without the batch dimension. Default: `[784]`. */
  readonly inputShape?: readonly number[];
  /** Default: 10. */
  readonly classes?: number;
}

/** The network of Keras's `mnist_mlp` example: two hidden layers of 512 with dropout, 669,706 parameters. */
export function mnistMlp({ inputShape = [784], classes = 10 }: MnistMlpOptions = {}): LayersModel {
  requireBackend();
  return sequential({
    name: 'sequential',
    layers: [
      layers.dense({ name: 'dense', units: 512, activation: 'relu', inputShape: [...inputShape] }),
      layers.dropout({ name: 'dropout', rate: 0.2 }),
      layers.dense({ name: 'dense_1', units: 512, activation: 'relu' }),
      layers.dropout({ name: 'dropout_1', rate: 0.2 }),
      layers.dense({ name: 'dense_2', units: classes, activation: 'softmax' }),
    ],
  });
}
