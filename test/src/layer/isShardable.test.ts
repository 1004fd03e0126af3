import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, model, regularizers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { setActivityRegularizer } from '../../../src/layer/activityRegularizer.js';
import { EinsumDense } from '../../../src/layer/einsumDense.js';
import { isShardable } from '../../../src/layer/isShardable.js';
import { classOf } from '../../../src/layer/tfjsLayer.js';
import { UnitNormalization } from '../../../src/layer/unitNormalization.js';
import { ZEROING } from '../../../src/layer/zeroingRecurrent.js';
import { provideTensorMethods } from '../../../src/native/provideTensorMethods.js';
import { layerTable, modelWithLayer } from '../../helpers/layerTable.js';

provideTensorMethods();

/** A user's own layer: each example minus the mean of all. */
class MinusMean extends layers.Layer {
  static readonly className = 'MinusMean';

  override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    return tf.sub(x, tf.mean(x, 0, true));
  }
}

class OwnDense extends classOf(layers.dense, { units: 1 }) {}

const of = (...list: layers.Layer[]) => sequential({ layers: [layers.inputLayer({ inputShape: [4, 3] }), ...list] });

function penalized() {
  const dense = layers.dense({ units: 2 });
  setActivityRegularizer(dense, output => tf.sum(output) as tf.Scalar);
  return of(dense);
}

function productsAlongBatch() {
  const x = layers.input({ batchShape: [5, 4] });
  const product = new EinsumDense({ equation: 'ab,ac->abc', outputShape: [4, 3] }).apply(x) as SymbolicTensor;
  return model({ inputs: x, outputs: product });
}

function joinedAlongBatch() {
  const x = layers.input({ shape: [4] });
  const joined = layers.concatenate({ axis: 0 }).apply([x, x]) as SymbolicTensor;
  return model({ inputs: x, outputs: joined });
}

describe('isShardable', () => {
  it.each([
    [
      'dense and convolutional layers',
      () => of(layers.conv1d({ filters: 2, kernelSize: 2 }), layers.dense({ units: 2 })),
    ],
    ['weights with a penalty', () => of(layers.dense({ units: 2, kernelRegularizer: regularizers.l2({ l2: 0.1 }) }))],
    ['batch normalization', () => of(layers.batchNormalization())],
    ['models inside', () => of(sequential({ layers: [layers.dense({ units: 2, inputShape: [4, 3] })] }))],
    ['products of features', () => of(new EinsumDense({ equation: '...x,xy->...y', outputShape: [2] }))],
    ['unit vectors', () => of(new UnitNormalization())],
    ['dropout of features', () => of(layers.dropout({ rate: 0.5 }))],
  ])('lets %s through', (_, make) => {
    expect(isShardable(make())).toBe(true);
  });

  it.each([
    ['recurrent layers', () => of(layers.lstm({ units: 2 }))],
    ['wrapped layers', () => of(layers.timeDistributed({ layer: layers.dense({ units: 2 }) }))],
    ['masks', () => of(layers.masking({ maskValue: 0 }))],
    [
      'embeddings with a mask',
      () => sequential({ layers: [layers.embedding({ inputDim: 3, outputDim: 2, maskZero: true, inputLength: 4 })] }),
    ],
    ['penalties on outputs', penalized],
    ['dropout whose mask is the same for all examples', () => of(layers.dropout({ rate: 0.5, noiseShape: [1, 4, 3] }))],
    ['batch normalization along another axis', () => of(layers.batchNormalization({ axis: 1 }))],
    ['concatenation along the batch', joinedAlongBatch],
    ['unit vectors along the batch', () => of(new UnitNormalization({ axis: [0, 1] }))],
    ['unit vectors along the batch, counted from the end', () => of(new UnitNormalization({ axis: -3 }))],
    ['products that move the batch', () => of(new EinsumDense({ equation: 'abc,cd->bad', outputShape: [null, 2] }))],
    ['products along the batch', productsAlongBatch],
    ['a class that inherits its name', () => of(new OwnDense({ units: 2 }))],
    ["a user's own layer", () => of(new MinusMean({}))],
    ['one of these within a model', () => of(sequential({ layers: [layers.gru({ units: 2, inputShape: [4, 3] })] }))],
  ])('keeps %s whole', (_, make) => {
    expect(isShardable(make())).toBe(false);
  });

  it('lets all layers through but these', () => {
    const whole = layerTable.filter(row => !isShardable(modelWithLayer(row))).map(([name]) => name);
    expect([...new Set(whole)].toSorted()).toEqual([
      ...[
        'ActivityRegularization',
        'Bidirectional',
        'CenterCrop',
        'Conv3D',
        'ConvLSTM2D',
        'GRU',
        'GRUCell',
        'LSTM',
        'LSTMCell',
      ],
      ...['Masking', 'RNN', 'ResetAfterGRU', 'ResetAfterGRUCell', 'SimpleRNN', 'SimpleRNNCell', 'StackedRNNCells'],
      'TimeDistributed',
      ...Object.values(ZEROING).map(({ className }) => className),
    ]);
  });
});
