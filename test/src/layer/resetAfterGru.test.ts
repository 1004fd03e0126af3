import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyModel } from '../../../src/layer/applyModel.js';
import { ResetAfterGRU, ResetAfterGRUCell } from '../../../src/layer/resetAfterGru.js';
import { nativeOrNull } from '../../helpers/native.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
afterAll(() => tf.setBackend('cpu'));

/** sin(k), sin(2k), … */
function sines(shape: readonly number[], k: number): tf.Tensor {
  const length = shape.reduce((a, b) => a * b);
  return tf.tensor(
    Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * k)),
    [...shape],
  );
}

function modelOf(args: object): LayersModel {
  const model = sequential({ layers: [new ResetAfterGRU({ inputShape: [3, 2], units: 2, ...args })] });
  model.setWeights(model.getWeights().map((weight, i) => sines(weight.shape, 0.3 + 0.2 * i)));
  return model;
}

const seed = (step: number) => ({ tensor: tf.tensor1d([5, step], 'int32'), host: [5, step] as const });

describe.each(backends)('ResetAfterGRU on %s', backend => {
  beforeAll(() => tf.setBackend(backend));

  /** Outputs of Keras 3.15.1 for the same weights and inputs. */
  it.each([
    ['one output', {}, [0.30379075, -0.03970007]],
    [
      'all outputs, another activation, no bias',
      { returnSequences: true, useBias: false, activation: 'relu' },
      [0.12712345, 0.05034759, 0.38069469, 0.25267252, 0.12113059, 0.11065932],
    ],
    ['from the end', { goBackwards: true }, [0.51588345, 0.01765869]],
  ])('%s', (_, args, expected) => {
    const output = modelOf(args).predict(sines([1, 3, 2], 0.7)) as tf.Tensor;
    output.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
    expect(output.size).toBe(expected.length);
  });

  it.each(['dropout', 'recurrentDropout'])('%s draws by the seed, in training alone', key => {
    const model = modelOf({ [key]: 0.5 });
    const x = sines([8, 3, 2], 0.7);
    const train = (step: number): number[] => [
      ...applyModel(model, x, { training: true, seed: seed(step) }).output.dataSync(),
    ];
    const plain = [...(modelOf({}).predict(x) as tf.Tensor).dataSync()];
    expect([...(model.predict(x) as tf.Tensor).dataSync()]).toEqual(plain);
    expect(train(0)).not.toEqual(plain);
    expect(train(0)).toEqual(train(0));
    expect(train(0)).not.toEqual(train(1));
  });

  it('keeps the state itself whole where the recurrent product loses numbers', () => {
    // An update gate of 1 hands the state on.
    const cell = new ResetAfterGRUCell({ units: 2, recurrentDropout: 0.5, biasInitializer: 'ones' });
    cell.build([null, 2]);
    const [kernel, recurrent, bias] = cell.getWeights();
    cell.setWeights([tf.zerosLike(kernel), tf.zerosLike(recurrent), tf.mul(bias, 100)]);
    const state = tf.ones([4, 2]);
    const [output] = cell.call([tf.zeros([4, 2]), state], { training: true });
    expect([...output.dataSync()]).toEqual([...state.dataSync()]);
  });

  it('leaves no tensor behind', () => {
    const model = modelOf({ dropout: 0.5, recurrentDropout: 0.5 });
    const x = sines([8, 3, 2], 0.7);
    const once = (): void => {
      const { tensor, host } = seed(0);
      applyModel(model, x, { training: true, seed: { tensor, host } }).output.dispose();
      tensor.dispose();
    };
    once();
    const before = tf.memory().numTensors;
    once();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("is Keras's GRU by name, arguments and defaults", () => {
  const layer = new ResetAfterGRU({ units: 4 });
  const { resetAfter, recurrentActivation, kernelInitializer } = layer.getConfig();
  expect({ resetAfter, recurrentActivation }).toEqual({ resetAfter: true, recurrentActivation: 'sigmoid' });
  expect(kernelInitializer).toMatchObject({ className: 'VarianceScaling', config: { distribution: 'uniform' } });
  layer.build([null, 5, 3]);
  expect(layer.getWeights().map(({ shape }) => shape)).toEqual([
    [3, 12],
    [4, 12],
    [2, 12],
  ]);
});
