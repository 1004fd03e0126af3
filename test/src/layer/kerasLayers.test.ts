import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, type layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/array/hostArray.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { AdaptiveAveragePooling1D, AdaptiveMaxPooling2D } from '../../../src/layer/adaptivePooling.js';
import { AdditiveAttention, Attention } from '../../../src/layer/attention.js';
import { Conv1DTranspose } from '../../../src/layer/conv1dTranspose.js';
import { DepthwiseConv1D } from '../../../src/layer/depthwiseConv1d.js';
import { EinsumDense } from '../../../src/layer/einsumDense.js';
import { GroupedConv1D } from '../../../src/layer/groupedConv1d.js';
import { GroupedQueryAttention } from '../../../src/layer/groupedQueryAttention.js';
import { GroupNormalization } from '../../../src/layer/groupNormalization.js';
import { MultiHeadAttention } from '../../../src/layer/multiHeadAttention.js';
import { RMSNormalization } from '../../../src/layer/rmsNormalization.js';
import { RmsScalingNormalization } from '../../../src/layer/rmsScalingNormalization.js';
import { SeparableConv1D } from '../../../src/layer/separableConv1d.js';
import { savedLayers } from '../../../src/saving/keras/savedLayers.js';
import { nativeOrNull } from '../../helpers/native.js';
import { kerasOutputs } from './kerasOutputs.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.setBackend('cpu'));

type Name = keyof typeof kerasOutputs;
type Row = readonly [what: Name, shapes: readonly (readonly number[])[], make: () => layers.Layer];

const s = [3, 2];
const valid: readonly Row[] = [
  ['self', [s], () => new MultiHeadAttention({ numHeads: 2, keyDim: 2 })],
  ['cross', [s, [4, 3]], () => new MultiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 1 })],
  ['key', [s, [2, 3], [2, 1]], () => new MultiHeadAttention({ numHeads: 1, keyDim: 2, useBias: false })],
  ['causal', [s], () => new MultiHeadAttention({ numHeads: 2, keyDim: 2, useCausalMask: true })],
  ['window', [s], () => new MultiHeadAttention({ numHeads: 1, keyDim: 2, slidingWindow: 2, useGate: true })],
  ['shape', [s], () => new MultiHeadAttention({ numHeads: 2, keyDim: 2, outputShape: [1, 3] })],
  ['axes', [[2, 2, 2]], () => new MultiHeadAttention({ numHeads: 1, keyDim: 2, attentionAxes: [1] })],
  ['all axes', [[2, 2, 2]], () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 })],
  [
    'grouped',
    [s],
    () => new GroupedQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2, useCausalMask: true }),
  ],
  ['dot', [s, [2, 2]], () => new Attention({ useScale: true })],
  ['dot, causal', [s], () => new Attention({ useCausalMask: true })],
  ['concat', [s, [2, 2]], () => new Attention({ useScale: true, scoreMode: 'concat' })],
  ['additive', [s, [2, 3], [2, 2]], () => new AdditiveAttention()],
  ['groups', [[2, 2, 4]], () => new GroupNormalization({ groups: 2 })],
  ['groups of axis 1', [[2, 3]], () => new GroupNormalization({ groups: 1, axis: 1, epsilon: 0.1, center: false })],
  ['rms', [s], () => new RMSNormalization({ epsilon: 0.01 })],
  ['rms of axes', [s], () => new RMSNormalization({ axis: [1, 2] })],
  ['rms scaling', [s], () => new RmsScalingNormalization()],
  ['separable', [[4, 2]], () => new SeparableConv1D({ filters: 3, kernelSize: 2, dilationRate: 2, padding: 'same' })],
  ['depthwise', [[5, 2]], () => new DepthwiseConv1D({ kernelSize: 2, strides: 2, depthMultiplier: 2 })],
  ['transposed', [[2, 2]], () => new Conv1DTranspose({ filters: 2, kernelSize: 3, strides: 2 })],
  ['transposed, same', [[2, 2]], () => new Conv1DTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })],
  [
    'grouped convolution',
    [[3, 4]],
    () => new GroupedConv1D({ filters: 2, kernelSize: 2, groups: 2, padding: 'causal' }),
  ],
  ['einsum', [[2, 3]], () => new EinsumDense({ equation: 'abc,cde->abde', outputShape: [null, 2, 2], biasAxes: 'de' })],
  [
    'einsum of axes',
    [[2, 3]],
    () => new EinsumDense({ equation: 'BTC,TD->BDC', outputShape: [4, null], biasAxes: 'D' }),
  ],
  [
    'einsum with shared axes',
    [[2, 3]],
    () => new EinsumDense({ equation: 'abc,bcd->abd', outputShape: [2, 3], biasAxes: 'b' }),
  ],
  [
    'einsum of a rest',
    [[2, 2, 3]],
    () => new EinsumDense({ equation: '...x,xy->...y', outputShape: 2, biasAxes: 'y' }),
  ],
  [
    'einsum before a rest',
    [[2, 3]],
    () => new EinsumDense({ equation: 'ab...,bc->ac...', outputShape: [4], biasAxes: 'c' }),
  ],
  ['pooled to a length', [[5, 2]], () => new AdaptiveAveragePooling1D({ outputSize: 3 })],
  ['pooled to a size', [[3, 5, 2]], () => new AdaptiveMaxPooling2D({ outputSize: [3, 2] })],
];

const filled = (shape: readonly number[], value: (i: number) => number): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(i)),
    [...shape],
  );

function built(shapes: readonly (readonly number[])[], layer: layers.Layer): LayersModel {
  const inputs = shapes.map(shape => input({ shape: [...shape] }));
  const outputs = layer.apply(inputs.length === 1 ? inputs[0] : inputs) as SymbolicTensor;
  const made = model({ inputs, outputs });
  let count = 0;
  for (const { variable } of savedLayers(made).flatMap(({ weights }) => weights)) {
    const first = count;
    variable.assign(filled(variable.shape, i => Math.sin((first + i) * 1.7 + 1)));
    count += variable.size;
  }
  return made;
}

const inputsOf = (shapes: readonly (readonly number[])[]): tf.Tensor[] =>
  shapes.map((shape, number) => filled([2, ...shape], i => Math.cos(0.9 * i + number)));

const result = (made: LayersModel, inputs: tf.Tensor[]): tf.Tensor =>
  made.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor;

it('each output of Keras is compared', () => {
  expect(valid.map(([name]) => name)).toEqual(Object.keys(kerasOutputs));
});

describe.each(backends)('layers of Keras that tfjs lacks, on %s', backend => {
  beforeAll(() => tf.setBackend(backend));

  it.each(valid)('%s gives what Keras gives', (name, shapes, make) => {
    const made = built(shapes, make());
    const output = result(made, inputsOf(shapes));
    expect(output.shape.slice(1)).toEqual(made.outputs[0].shape.slice(1));
    const expected = kerasOutputs[name];
    expect(output.size).toBe(expected.length);
    for (const [i, value] of output.dataSync().entries()) {
      const wanted = expected[i] ?? Number.NaN;
      expect(Math.abs(value - wanted), `${i}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)));
    }
  });

  // What is divided by a deviation of nearly nothing bends too much for a difference; the largest of a window may be another.
  it.each(valid.filter(([name]) => name !== 'rms scaling' && name !== 'pooled to a size'))(
    '%s has the gradient of its differences',
    (_, shapes, make) => {
      const made = built(shapes, make());
      const inputs = inputsOf(shapes);
      const weights = savedLayers(made).flatMap(({ weights }) => weights.map(({ variable }) => variable));
      const value = (): tf.Scalar => {
        const output = result(made, inputs);
        return tf.sum(
          tf.mul(
            output,
            filled(output.shape, i => Math.sin(i)),
          ),
        ) as tf.Scalar;
      };
      const slopes = weights.length === 0 ? [] : Object.values(tf.variableGrads(() => value(), weights).grads);
      for (const [i, variable] of weights.entries()) {
        const direction = filled(variable.shape, j => Math.cos(j * 2 + i));
        const before = variable.clone();
        const at = (step: number): number => {
          variable.assign(tf.add(before, tf.mul(direction, step)));
          return value().dataSync()[0] as number;
        };
        const difference = (at(0.02) - at(-0.02)) / 0.04;
        variable.assign(before);
        const slope = tf.sum(tf.mul(slopes[i] as tf.Tensor, direction)).dataSync()[0] as number;
        expect(Math.abs(slope - difference), variable.name).toBeLessThan(5e-3 * Math.max(1, Math.abs(slope)));
      }
      const gradients = tf.grads((...list: tf.Tensor[]) => {
        const output = result(made, list);
        return tf.sum(
          tf.mul(
            output,
            filled(output.shape, i => Math.sin(i)),
          ),
        );
      })(inputs);
      for (const [i, x] of inputs.entries()) {
        const direction = filled(x.shape, j => Math.cos(j * 2 + i));
        const at = (step: number): number => {
          const moved = inputs.map((other, j) => (j === i ? tf.add(x, tf.mul(direction, step)) : other));
          const output = result(made, moved);
          return tf
            .sum(
              tf.mul(
                output,
                filled(output.shape, k => Math.sin(k)),
              ),
            )
            .dataSync()[0] as number;
        };
        const slope = tf.sum(tf.mul(gradients[i] as tf.Tensor, direction)).dataSync()[0] as number;
        const difference = (at(0.02) - at(-0.02)) / 0.04;
        expect(Math.abs(slope - difference), `input ${i}`).toBeLessThan(5e-3 * Math.max(1, Math.abs(slope)));
      }
    },
  );
});

const apply = (layer: layers.Layer, ...shapes: (number | null)[][]): unknown => {
  const inputs = shapes.map(shape => input({ batchShape: [null, ...shape] }));
  return layer.apply(inputs.length === 1 ? inputs[0] : inputs);
};
const heads = { numHeads: 2, keyDim: 3 };
const grouped = { headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 };
const dense = { outputShape: [null, 2], biasAxes: 'd' };
const conv = { filters: 2, kernelSize: 2 };

describe('what they refuse', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['no heads', () => new MultiHeadAttention({ numHeads: 0, keyDim: 1 }), /its numHeads is 0/],
    ['a length of a half', () => new MultiHeadAttention({ numHeads: 1, keyDim: 0.5 }), /its keyDim is 0.5/],
    ['all dropped', () => new MultiHeadAttention({ ...heads, dropout: 1 }), /its dropout is 1; .*\[0, 1\)/],
    ['a window of nothing', () => new MultiHeadAttention({ ...heads, slidingWindow: 0 }), /its slidingWindow is 0/],
    ['vectors', () => apply(new MultiHeadAttention(heads), [4]), /query of shape \[,4\].*three axes/],
    ['other ranks', () => apply(new MultiHeadAttention(heads), [3, 4], [3, 3, 4]), /all as many/],
    ['unknown channels', () => apply(new MultiHeadAttention(heads), [3, null]), /last axis of known length/],
    [
      'other steps',
      () => apply(new MultiHeadAttention(heads), [3, 4], [5, 4], [6, 4]),
      /value and key need the same steps/,
    ],
    ['four tensors', () => apply(new MultiHeadAttention(heads), [3, 4], [5, 4], [5, 4], [5, 4]), /with 4 tensors/],
    [
      'an axis of channels',
      () => apply(new MultiHeadAttention({ ...heads, attentionAxes: [2] }), [3, 4]),
      /attentionAxes are 2/,
    ],
    [
      'other examples',
      () => apply(new MultiHeadAttention({ ...heads, attentionAxes: [2] }), [3, 4, 2], [4, 4, 2]),
      /need the same length/,
    ],
    [
      'a causal mask of pictures',
      () => apply(new MultiHeadAttention({ ...heads, useCausalMask: true }), [3, 4, 2]),
      /three axes where useCausalMask/,
    ],
    ['heads that cannot be grouped', () => new GroupedQueryAttention({ ...grouped, numKeyValueHeads: 3 }), /divisor/],
    ['other channels', () => apply(new GroupedQueryAttention(grouped), [3, 4], [3, 2]), /as many channels/],
    ['grouped heads of pictures', () => apply(new GroupedQueryAttention(grouped), [3, 4, 2]), /need three axes/],
    ['a score', () => new Attention({ scoreMode: 'sum' as never }), /scoreMode is 'sum'; known are 'dot' and 'concat'/],
    ['a key of other channels', () => apply(new Attention(), [3, 4], [3, 2]), /query and key need as many channels/],
    ['a value of vectors', () => apply(new AdditiveAttention(), [3, 4], [4]), /need three axes/],
    ['a key of other steps', () => apply(new Attention(), [3, 4], [3, 4], [2, 4]), /value and key need the same steps/],
    ['unknown channels of additive attention', () => apply(new AdditiveAttention(), [3, null]), /known length/],
    ['groups of nothing', () => new GroupNormalization({ groups: 0 }), /its groups are 0/],
    ['groups that divide nothing', () => apply(new GroupNormalization({ groups: 3 }), [2, 4]), /divided into 3 groups/],
    ['groups of the batch', () => apply(new GroupNormalization({ axis: 0 }), [2, 4]), /its axis is 0/],
    ['groups along a strange axis', () => apply(new GroupNormalization({ axis: 3 }), [2, 4]), /its axis is 3/],
    ['a scale of the first axis', () => apply(new RMSNormalization({ axis: 1 }), [2, 4]), /the last axes alone/],
    ['a strange axis', () => apply(new RMSNormalization({ axis: 5 }), [2, 4]), /along axis 5/],
    ['groups of filters', () => new GroupedConv1D({ ...conv, groups: 3 }), /2 filters and 3 groups/],
    ['groups of channels', () => apply(new GroupedConv1D({ ...conv, groups: 2 }), [4, 3]), /divided into 2 groups/],
    ['no filters', () => new DepthwiseConv1D({ kernelSize: 2, depthMultiplier: 0 }), /depthMultiplier is 0/],
    ['a causal filter', () => new DepthwiseConv1D({ kernelSize: 2, padding: 'causal' }), /valid or same/],
    ['the channels first', () => new SeparableConv1D({ ...conv, dataFormat: 'channelsFirst' }), /channelsLast/],
    ['half a filter', () => new SeparableConv1D({ ...conv, depthMultiplier: 0.5 }), /depthMultiplier is 0.5/],
    ['dilations of the way back', () => new Conv1DTranspose({ ...conv, dilationRate: 2 } as never), /dilationRate/],
    ['unknown channels of a sequence', () => apply(new Conv1DTranspose(conv), [3, null]), /known length/],
    [
      'a bias that Keras adds elsewhere',
      () => apply(new MultiHeadAttention({ numHeads: 3, keyDim: 1 }), [3, 4]),
      /bias of shape \[3,1\].*'query' would be added along another axis by Keras/,
    ],
    [
      'a bias of an equation that Keras adds elsewhere',
      () => apply(new EinsumDense({ equation: 'abc,bd->adc', outputShape: [3, null], biasAxes: 'd' }), [2, 3]),
      /bias of shape \[3,1\] would be added along another axis by Keras/,
    ],
    [
      'a size of nothing',
      () => new AdaptiveAveragePooling1D({ outputSize: 0 }),
      /its outputSize is 0; it must be a whole number/,
    ],
    [
      'two sizes of three',
      () => new AdaptiveMaxPooling2D({ outputSize: [1, 2, 3] }),
      /outputSize is 1,2,3; .*a list of 2/,
    ],
    ['a sequence as a picture', () => apply(new AdaptiveMaxPooling2D({ outputSize: 1 }), [3, 4]), /it needs 4 axes/],
    ['an open length', () => apply(new AdaptiveAveragePooling1D({ outputSize: 1 }), [null, 4]), /all lengths but/],
    ['no equation', () => new EinsumDense({ ...dense, equation: 'abc' }), /its equation is 'abc'/],
    [
      'a letter out of nowhere',
      () => apply(new EinsumDense({ ...dense, equation: 'abc,cd->abde' }), [2, 3]),
      /can't be that/,
    ],
    ['other axes', () => apply(new EinsumDense({ ...dense, equation: 'abc,cd->abd' }), [2, 3, 4]), /can't be that/],
    [
      'another length',
      () => apply(new EinsumDense({ equation: 'abc,cd->abd', outputShape: [3, 2] }), [2, 3]),
      /outputShape \[3,2\] doesn't fit/,
    ],
    [
      'a length that is nowhere',
      () => apply(new EinsumDense({ equation: 'abc,cd->abd', outputShape: [null, null] }), [2, 3]),
      /how long axis 'd' is/,
    ],
  ])('%s', (_, make, problem) => {
    expect(make).toThrow(problem);
    expect(make).toThrow(InvalidArgumentError);
  });
});
