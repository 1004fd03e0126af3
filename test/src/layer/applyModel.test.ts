import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model, regularizers, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, it } from 'vitest';
import { setActivityRegularizer } from '../../../src/layer/activityRegularizer.js';
import { applyModel, type Seed } from '../../../src/layer/applyModel.js';
import { normalizeBatch } from '../../../src/layer/normalizeBatch.js';
import { softmaxCrossEntropy } from '../../../src/layer/softmaxCrossEntropy.js';
import { keepMask, statelessNormal, statelessUniform } from '../../../src/layer/statelessRandom.js';
import { nativeOrNull } from '../../helpers/native.js';

const started = await nativeOrNull();
const backends = started === null ? ['cpu'] : ['cpu', 'tensorflow'];
afterAll(() => tf.setBackend('cpu'));

const seed = (a: number, b: number): Seed => ({ tensor: tf.tensor1d([a, b], 'int32'), host: [a, b] });

describe.each(backends)('layers in training mode on %s', backend => {
  const on = (name: string, test: () => void): void =>
    it(name, () => {
      tf.setBackend(backend);
      test();
    });

  on('a mask is a function of the seed, and keeps its share', () => {
    const mask = (a: number, b: number) => [...keepMask([10_000], 0.25, seed(a, b)).dataSync()];
    expect(mask(7, 3)).toEqual(mask(7, 3));
    expect(mask(7, 3)).not.toEqual(mask(7, 4));
    expect(new Set(mask(7, 3))).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(mask(7, 3).filter(x => x === 0).length / 10_000).toBeCloseTo(0.25, 1);
  });

  on('draws are the same numbers on every backend', () => {
    expect([...statelessUniform([3], seed(1, -2)).dataSync()]).toMatchInlineSnapshot(`
      [
        0.7476804256439209,
        0.7566256523132324,
        0.8433103561401367,
      ]
    `);
    const normals = [...statelessNormal([3], seed(1, -2)).dataSync()].map(x => Number(x.toFixed(4)));
    expect(normals).toMatchInlineSnapshot(`
      [
        -0.7619,
        0.0317,
        0.5835,
      ]
    `);
  });

  on('two dropout layers draw different masks, and inference drops nothing', () => {
    const model = sequential({ layers: [layers.dropout({ rate: 0.5, inputShape: [64] })] });
    model.add(layers.dropout({ rate: 0.5 }));
    const x = tf.ones([4, 64]);
    const trained = applyModel(model, x, { training: true, seed: seed(1, 0) }).output.dataSync();
    expect(new Set(trained)).toEqual(new Set([0, 4]));
    expect(trained.filter(v => v === 0).length / 256).toBeGreaterThan(0.6);
    expect(new Set(applyModel(model, x, { training: false, seed: null }).output.dataSync())).toEqual(new Set([1]));
    expect(Object.hasOwn(model.layers[0], 'call')).toBe(false);
  });

  on('batch normalisation feeds the plain batch variance, without gamma too, and freezes', () => {
    const layer = layers.batchNormalization({ inputShape: [1], momentum: 0.5, scale: false, epsilon: 0 });
    const model = sequential({ layers: [layer] });
    const x = tf.tensor2d([[1], [3]]);
    const { output } = applyModel(model, x, { training: true, seed: null });
    expect([...output.dataSync()]).toEqual([expect.closeTo(-1, 5), expect.closeTo(1, 5)]);
    const weights = () => model.getWeights().map(w => w.dataSync()[0]);
    // beta; mean: 0.5·0 + 0.5·2; variance: 0.5·1 + 0.5·1, where the unbiased one would give 1.5.
    expect(weights()).toEqual([0, expect.closeTo(1, 5), expect.closeTo(1, 5)]);
    layer.trainable = false;
    const frozen = applyModel(model, x, { training: true, seed: null }).output.dataSync();
    expect([...frozen]).toEqual([expect.closeTo(0, 5), expect.closeTo(2, 5)]);
    const slopes = tf.grad(input => applyModel(model, input, { training: true, seed: null }).output)(x);
    expect([...slopes.dataSync()]).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
    expect(weights()[1]).toBeCloseTo(1, 5);
  });

  on('batch normalisation takes volumes, in inference mode and frozen too', () => {
    const layer = layers.batchNormalization({ inputShape: [1, 1, 2, 2], epsilon: 0 });
    const model = sequential({ layers: [layer] });
    const [gamma, beta] = [tf.tensor1d([2, 1]), tf.tensor1d([0, 1])];
    layer.setWeights([gamma, beta, tf.tensor1d([1, 0]), tf.tensor1d([4, 1])]);
    const x = tf.tensor([1, 5, 3, 7], [1, 1, 1, 2, 2]);
    const valuesOf = (training: boolean) => applyModel(model, x, { training, seed: null }).output.dataSync();
    const expected = [0, 6, 2, 8].map(value => expect.closeTo(value, 5));
    expect([...valuesOf(false)]).toEqual(expected);
    layer.trainable = false;
    expect([...valuesOf(true)]).toEqual(expected);
    expect(Object.hasOwn(layer, 'call')).toBe(false);
  });

  on('gradients of batch normalisation agree with difference quotients', () => {
    const x = tf.tensor4d([0.3, -1, 2, 0.5, 0.1, 1.2, -0.7, 0.9], [2, 2, 1, 2]);
    const upstream = tf.tensor4d([1, 2, -1, 0.5, 0.3, -2, 1, 1], [2, 2, 1, 2]);
    const f = (input: tf.Tensor): tf.Scalar =>
      tf.sum(
        tf.mul(
          upstream,
          normalizeBatch(input, {
            axis: -1,
            epsilon: 1e-3,
            gamma: tf.tensor1d([1.5, -2]),
            beta: null,
            onStatistics: () => {},
          }),
        ),
      );
    expectGradient(f, x);
  });

  on('softmax cross-entropy has the value and gradient of its formula', () => {
    const labels = tf.tensor2d([0.2, 0.8, 0, 0, 0, 1], [2, 3]);
    const logits = tf.tensor2d([1, -2, 3, 0.5, 0.2, -1], [2, 3]);
    const expected = tf.neg(tf.sum(tf.mul(labels, tf.log(tf.softmax(logits))), -1)).dataSync();
    softmaxCrossEntropy(labels, logits)
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    expectGradient(x => tf.sum(softmaxCrossEntropy(labels, x)), logits);
  });

  on('penalties are those of weights and activity, and have gradients', () => {
    const dense = layers.dense({
      units: 2,
      inputShape: [2],
      activation: 'softmax',
      kernelRegularizer: regularizers.l1l2({ l1: 0.1, l2: 0.01 }),
    });
    const model = sequential({ layers: [dense] });
    model.setWeights([tf.tensor2d([1, -2, 3, 0], [2, 2]), tf.tensor1d([0, 0])]);
    const x = tf.tensor2d([1, 0, 0, 0], [2, 2]);
    const { penalty, logits, output } = applyModel(model, x, { training: false, seed: null });
    expect(penalty?.dataSync()[0]).toBeCloseTo(0.6 + 0.14, 5);
    expect([...(logits as tf.Tensor).dataSync()]).toEqual([1, -2, 0, 0]);
    expect(output.dataSync()[2]).toBeCloseTo(0.5, 6);
    const [kernel] = dense.weights.map(w => w.read() as tf.Variable);
    const { grads } = tf.variableGrads(
      () => applyModel(model, x, { training: true, seed: null }).penalty as tf.Scalar,
      [kernel],
    );
    expect([...grads[kernel.name].dataSync()].map(v => Number(v.toFixed(5)))).toEqual([0.12, -0.14, 0.16, 0]);
    setActivityRegularizer(dense, out => tf.sum(out));
    // Each row of the softmax, not of the logits, sums to 1: 2, divided by the batch size 2.
    const both = applyModel(model, x, { training: false, seed: null }).penalty as tf.Scalar;
    expect(both.dataSync()[0]).toBeCloseTo(1.74, 5);
  });

  on('a tensor that a layer takes twice is there for others too, and inference stays inference', () => {
    const x = input({ shape: [2] });
    const doubled = layers.add().apply([x, x]) as SymbolicTensor;
    const normalized = layers.batchNormalization({ epsilon: 1e-12 }).apply(doubled) as SymbolicTensor;
    const dropped = layers.dropout({ rate: 0.5 }).apply(normalized) as SymbolicTensor;
    const again = layers.add().apply([dropped, dropped]) as SymbolicTensor;
    const inner = model({ inputs: x, outputs: layers.add().apply([again, dropped, doubled]) as SymbolicTensor });
    const y = input({ shape: [2] });
    const outer = model({
      inputs: y,
      outputs: layers.add().apply([inner.apply(y) as SymbolicTensor, y]) as SymbolicTensor,
    });
    const { output } = applyModel(outer, tf.tensor2d([1, 2], [1, 2]), { training: false, seed: null });
    // 2x three times, 2x again, and x.
    expect([...output.dataSync()].map(value => Number(value.toFixed(5)))).toEqual([9, 18]);
  });
});

function expectGradient(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): void {
  const gradient = tf
    .grad(y => f(y))(x)
    .dataSync();
  const values = Float32Array.from(x.dataSync());
  const step = 1e-2;
  values.forEach((value, i) => {
    const at = (v: number): number => f(tf.tensor(values.with(i, v), x.shape)).dataSync()[0];
    const quotient = (at(value + step) - at(value - step)) / (2 * step);
    expect(Math.abs(gradient[i] - quotient)).toBeLessThan(0.02 * Math.max(1, Math.abs(quotient)));
  });
}
