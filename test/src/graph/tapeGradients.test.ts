import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { mendTapeGradients } from '../../../src/graph/tapeGradients.js';
import { expectSlopes, scattered } from '../../helpers/expectSlopes.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
  mendTapeGradients();
});

const x = (): tf.Tensor2D =>
  tf.tensor2d([
    [1, 3, 3],
    [2, 2, 2],
  ]);

describe("gradients by tfjs's tape", () => {
  it.each<[string, (x: tf.Tensor) => tf.Tensor, number[]]>([
    ['the largest along an axis', x => tf.max(x, 1), [0, 1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3]],
    ['the smallest along an axis', x => tf.min(x, 1, true), [1, 0, 0, 1 / 3, 1 / 3, 1 / 3]],
    ['the largest of all', x => tf.max(x), [0, 1 / 2, 1 / 2, 0, 0, 0]],
  ])('share %s among equal ones', (_, reduce, expected) => {
    const gradient = tf
      .grad(x => tf.sum(reduce(x)))(x())
      .dataSync();
    for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 6);
  });

  it.each<[string, typeof tf.maximum, number[], number[]]>([
    ['maximum', tf.maximum, [0, 1, 1, 1, 1, 1], [1, 0]],
    ['minimum', tf.minimum, [1, 0, 0, 1, 1, 1], [2, 0]],
  ])('of %s have the shapes of what was broadcast', (_, extreme, ofA, ofB) => {
    const column = tf.tensor2d([[2], [2]]);
    const [a, b] = tf.grads((a, b) => tf.sum(extreme(a, b)))([x(), column]);
    expect([...a.dataSync()]).toEqual(ofA);
    expect(b.shape).toEqual([2, 1]);
    expect([...b.dataSync()]).toEqual(ofB);
  });

  it.each([
    { alignCorners: false, halfPixelCenters: false },
    { alignCorners: true, halfPixelCenters: false },
    { alignCorners: false, halfPixelCenters: true },
  ])('belong to each picture of a batch that is resized: %o', ({ alignCorners, halfPixelCenters }) => {
    for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
      for (const size of [
        [7, 9],
        [2, 3],
        [8, 1],
      ] as const) {
        expectSlopes(
          x => resize(x as tf.Tensor4D, [...size], alignCorners, halfPixelCenters),
          [scattered([2, 4, 5, 3])],
        );
      }
    }
  });

  it.each([0, 1, 2])('of running sums along axis %d go along the same axis', axis => {
    for (const exclusive of [false, true]) {
      for (const reverse of [false, true]) {
        expectSlopes(x => tf.cumsum(x, axis, exclusive, reverse), [scattered([3, 3, 3])]);
      }
    }
  });

  it('of squared differences have the shapes of what was broadcast', () => {
    expectSlopes((a, b) => tf.squaredDifference(a, b), [scattered([4, 1]), scattered([3])]);
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['exp', tf.exp],
    ['tanh', tf.tanh],
    ['sigmoid', tf.sigmoid],
    ['softmax', tf.softmax],
    ['logSoftmax', tf.logSoftmax],
    ['elu', tf.elu],
    ['leakyRelu', x => tf.square(tf.leakyRelu(x))],
    ['leakyRelu with a slope below 0', x => tf.square(tf.leakyRelu(x, -0.5))],
  ])('have gradients themselves: %s', (_, fn) => {
    expectSlopes(x => tf.grad(x => tf.sum(tf.square(fn(tf.mul(x, 2)))))(x), [scattered([3, 5])]);
  });
});
