import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { lookUp } from '../../../src/layer/lookUp.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { denseGradient, type Gradient, type IndexedSlices } from '../../../src/optimizer/gradient.js';

const numbers = (gradient: Gradient): number[] => Array.from(denseGradient(gradient).dataSync());

beforeAll(() => tf.setBackend('cpu'));

describe('valueAndGradients', () => {
  const table = (): tf.Variable => tf.variable(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));

  it('keeps the contributions of each lookup apart', () => {
    const w = table();
    tf.tidy(() => {
      const { value, gradients } = valueAndGradients(
        () => tf.sum(tf.mul(lookUp(w, tf.tensor1d([2, 0, 2], 'int32')), tf.tensor2d([[1], [2], [3]]))) as tf.Scalar,
        [w],
      );
      const [{ values, indices, shape }] = gradients as [IndexedSlices];
      expect(value.dataSync()[0]).toBe(11 + 2 * 3 + 3 * 11);
      expect(Array.from(indices.dataSync())).toEqual([2, 0, 2]);
      expect(values.arraySync()).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      expect(shape).toEqual([3, 2]);
      expect(numbers(gradients[0])).toEqual([2, 2, 0, 0, 4, 4]);
    });
    w.dispose();
  });

  it('adds them to what comes in another way', () => {
    const w = table();
    tf.tidy(() => {
      const fn = () => tf.add(tf.sum(lookUp(w, tf.tensor1d([1], 'int32'))), tf.sum(w)) as tf.Scalar;
      const [gradient] = valueAndGradients(fn, [w]).gradients;
      expect(gradient).toBeInstanceOf(tf.Tensor);
      expect(numbers(gradient)).toEqual([1, 1, 2, 2, 1, 1]);
    });
    w.dispose();
  });

  it('gives zeros where the value depends on none of the variables', () => {
    const w = table();
    tf.tidy(() => {
      const { value, gradients } = valueAndGradients(() => tf.scalar(3), [w]);
      expect(value.dataSync()[0]).toBe(3);
      expect(numbers(gradients[0])).toEqual([0, 0, 0, 0, 0, 0]);
      expect(valueAndGradients(() => tf.scalar(3), []).gradients).toEqual([]);
    });
    w.dispose();
  });

  it('gives zeros where the value does not depend on a variable', () => {
    const [w, other] = [table(), table()];
    tf.tidy(() => {
      const fn = (): tf.Scalar => {
        lookUp(w, tf.tensor1d([1], 'int32'));
        return tf.sum(other) as tf.Scalar;
      };
      expect(valueAndGradients(fn, [w, other]).gradients.map(numbers)).toEqual([
        [0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1],
      ]);
    });
    tf.dispose([w, other]);
  });

  it('gives what is wanted beside the value, by name or in a list', () => {
    const w = table();
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const sum = () => {
        const squares = tf.square(w);
        return { value: tf.sum(squares) as tf.Scalar, squares };
      };
      const named = valueAndGradients(() => {
        const { value, squares } = sum();
        return { value, aux: { squares, w } };
      }, [w]);
      const listed = valueAndGradients(() => {
        const { value, squares } = sum();
        return { value, aux: [squares] };
      }, [w]);
      for (const squares of [named.aux.squares, listed.aux[0]]) {
        expect(Array.from(squares.dataSync())).toEqual([1, 4, 9, 16, 25, 36]);
      }
      for (const { value, gradients } of [named, listed]) {
        expect(value.dataSync()[0]).toBe(91);
        expect(numbers(gradients[0])).toEqual([2, 4, 6, 8, 10, 12]);
      }
    });
    expect(tf.memory().numTensors).toBe(before);
    // What isn't the function's own stays.
    expect(Array.from(w.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
    w.dispose();
  });

  it.each<[string, () => unknown]>([
    ['gave none', () => undefined],
    ['gave none', () => ({ loss: tf.scalar(1), aux: [] })],
    ['gave none', () => Promise.reject(new Error('of a promise that nobody waits for'))],
    ['gave a tensor of shape [2]', () => tf.zeros([2])],
    ['gave a tensor of shape [2]', () => ({ value: tf.zeros([2]), aux: [] })],
  ])('wants a scalar, at once: %s', (text, fn) => {
    tf.tidy(() => {
      expect(() => valueAndGradients(fn as () => tf.Scalar, [])).toThrow(text);
      expect(() => valueAndGradients(fn as () => tf.Scalar, [])).toThrow(InvalidArgumentError);
    });
  });

  it('takes a value without anything beside it, as JavaScript may give it', () => {
    const w = table();
    tf.tidy(() => {
      const bare = (() => ({ value: tf.sum(w) })) as unknown as () => tf.Scalar;
      const { value, gradients } = valueAndGradients(bare, [w]);
      expect([value.dataSync()[0], ...numbers(gradients[0])]).toEqual([21, 1, 1, 1, 1, 1, 1]);
    });
    w.dispose();
  });

  it.each<[string, (variable: tf.Variable) => unknown]>([
    ['nothing', () => undefined],
    ['a variable alone', variable => variable],
    ["a layer's weights", variable => [{ name: 'kernel', read: () => variable }]],
  ])('says so where there is no list of variables: %s', (_, given) => {
    const w = table();
    expect(() => valueAndGradients(() => tf.sum(w), given(w) as never)).toThrow('a list of tf.Variable is wanted');
    w.dispose();
  });

  it('leaves no tensor behind', () => {
    const w = table();
    const indices = tf.tensor1d([1, 1], 'int32');
    const before = tf.memory().numTensors;
    const fn = (): tf.Scalar => tf.sum(lookUp(w, indices)) as tf.Scalar;
    const { value, gradients } = valueAndGradients(fn, [w]);
    const { values, indices: rows } = gradients[0] as IndexedSlices;
    tf.dispose([value, values, rows]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([w, indices]);
  });

  it('leaves no tensor behind where the function throws, and works afterwards', () => {
    const w = table();
    const before = tf.memory().numTensors;
    const failing = (): tf.Scalar => {
      tf.sum(tf.square(tf.exp(w)));
      throw new Error('wrong');
    };
    expect(() => valueAndGradients(failing, [w])).toThrow('wrong');
    expect(tf.memory().numTensors).toBe(before);
    tf.tidy(() => {
      const { gradients } = valueAndGradients(() => tf.sum(tf.square(w)) as tf.Scalar, [w]);
      expect(numbers(gradients[0])).toEqual([2, 4, 6, 8, 10, 12]);
    });
    w.dispose();
  });

  it('lets lookups be plain again where the function throws', () => {
    const w = table();
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => valueAndGradients(fail, [w])).toThrow('no');
    const gradient = tf.tidy(() =>
      tf
        .grad(x => tf.sum(lookUp(x, tf.tensor1d([2], 'int32'))))(w)
        .dataSync(),
    );
    expect(Array.from(gradient)).toEqual([0, 0, 0, 0, 1, 1]);
    w.dispose();
  });
});
