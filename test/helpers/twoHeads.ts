import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model as modelOf,
  regularizers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { type HostArray, sizeOf } from '../../src/array/hostArray.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import type { ArraySource } from '../../src/data/source.js';

/**
 * A model with the inputs `a` `[3]` and `b` `[2]` and the outputs `cls` (a softmax of 3) and `box` `[2]`, which sees the softmax;
 * its weights are sines.
 */
export function twoHeads(): LayersModel {
  const a = input({ shape: [3], name: 'a' });
  const b = input({ shape: [2], name: 'b' });
  const join = (parts: SymbolicTensor[]): SymbolicTensor => layers.concatenate().apply(parts) as SymbolicTensor;
  const hidden = join([layers.dense({ units: 4, activation: 'tanh', name: 'of_a' }).apply(a) as SymbolicTensor, b]);
  const kernelRegularizer = regularizers.l2({ l2: 0.01 });
  const cls = layers.dense({ units: 3, activation: 'softmax', name: 'cls', kernelRegularizer }).apply(hidden);
  const box = layers.dense({ units: 2, name: 'box' }).apply(join([hidden, cls as SymbolicTensor]));
  const model = modelOf({ inputs: [a, b], outputs: [cls as SymbolicTensor, box as SymbolicTensor] });
  const weights = ['of_a', 'cls', 'box'].flatMap(name => model.getLayer(name).weights);
  for (const [i, weight] of weights.entries()) {
    const shape = weight.shape as number[];
    const values = Array.from({ length: sizeOf(shape) }, (_, j) => 0.5 * Math.sin(j + 1 + i));
    tf.tidy(() => void weight.write(tf.tensor(values, shape)));
  }
  return model;
}

const values = (columns: number, value: (i: number) => number): HostArray => ({
  data: Float32Array.from({ length: 8 * columns }, (_, i) => value(i)),
  shape: [8, columns],
});

/** Eight weighted examples for it. */
export const twoHeadsSource = (): ArraySource =>
  fromArrays({
    name: 'pairs',
    x: values(3, Math.cos),
    y: Array.from({ length: 8 }, (_, i) => (2 * i) % 3),
    sampleWeight: Array.from({ length: 8 }, (_, i) => 0.5 + i / 8),
    aux: {
      inputs: { b: values(2, i => Math.sin(2 * i)) },
      targets: { box: values(2, i => Math.cos(3 * i)) },
    },
  });
