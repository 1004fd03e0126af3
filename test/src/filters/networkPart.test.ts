import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { networkPart } from '../../../src/filters/networkPart.js';

it('says of a model without convolutions that it has none', () => {
  const model = sequential({ layers: [layers.dense({ inputShape: [2], units: 1 })] });
  expect(() => networkPart(model, 'block5_conv1')).toThrow("Unknown convolution layer 'block5_conv1'. There is none.");
  model.dispose();
});
