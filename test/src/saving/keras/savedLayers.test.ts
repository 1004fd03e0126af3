import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { savedLayers } from '../../../../src/saving/keras/savedLayers.js';

beforeAll(() => tf.setBackend('cpu'));

describe('savedLayers', () => {
  const dense = (name: string) => layers.dense({ name, inputShape: [2], units: 2 });
  const weightsOf = (model: LayersModel) =>
    savedLayers(model).flatMap(({ names, weights }) =>
      weights.map(({ name, trainable }) => `${names.join('/')} ${name}${trainable ? '' : ' frozen'}`),
    );

  it('takes for frozen what a frozen model holds, at any depth', () => {
    const inner = sequential({ name: 'inner', layers: [dense('a')] });
    const model = sequential({ layers: [inner, dense('b')] });
    expect(weightsOf(model)).toEqual(['inner/a kernel', 'inner/a bias', 'b kernel', 'b bias']);
    inner.trainable = false;
    expect(weightsOf(model)).toEqual(['inner/a kernel frozen', 'inner/a bias frozen', 'b kernel', 'b bias']);
    inner.trainable = true;
    model.trainable = false;
    expect(weightsOf(model).filter(weight => !weight.endsWith(' frozen'))).toEqual([]);
  });

  it('has a layer that two models share where it comes first, as Keras stores it', () => {
    const shared = dense('shared');
    const [first, second] = ['first', 'second'].map(name => sequential({ name, layers: [shared] }));
    expect(weightsOf(sequential({ layers: [first, second] }))).toEqual(['first/shared kernel', 'first/shared bias']);
  });
});
