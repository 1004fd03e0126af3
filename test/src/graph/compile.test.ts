import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import '#tfjs-gradients';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { compile } from '../../../src/graph/compile.js';
import { Compiler } from '../../../src/graph/compiler.js';
import type { NotTraceableError } from '../../../src/graph/notTraceableError.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('compile', () => {
  const variables: tf.Variable[] = [];
  const variable = (values: number[] | Float32Array): tf.Variable => {
    const made = tf.variable(tf.tensor1d(values));
    variables.push(made);
    return made;
  };
  afterEach(() => tf.dispose(variables.splice(0)));

  it('gives results by name, with their shapes', async () => {
    const f = compile(({ x, y }) => ({ sum: tf.add(x, y), total: tf.sum(tf.mul(x, y)) }), {
      inputs: { x: { shape: [2, 2] }, y: { shape: [2] } },
    });
    expect(f.compiled).toBe(true);
    const { sum, total } = await f({ x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(10, 20) });
    expect(sum).toEqual({ data: Float32Array.of(11, 22, 13, 24), shape: [2, 2] });
    expect(total).toEqual({ data: Float32Array.of(160), shape: [] });
    await f.dispose();
  });

  it('compiles the example of its documentation: a training step', async () => {
    const w = variable([0, 0]);
    const step = compile(
      ({ x, y }) => {
        const { value, grads } = tf.variableGrads(() => {
          const error = tf.sub(tf.sum(tf.mul(x, w), 1), y);
          return tf.sum(tf.square(error)) as tf.Scalar;
        }, [w]);
        w.assign(tf.sub(w, tf.mul(grads[w.name], 0.02)));
        return { loss: value };
      },
      { inputs: { x: { shape: [3, 2] }, y: { shape: [3] } }, variables: [w] },
    );
    const batch = { x: Float32Array.of(1, 0, 0, 1, 1, 1), y: Float32Array.of(2, -1, 1) };
    const losses: number[] = [];
    for (let i = 0; i < 200; i++) losses.push((await step(batch)).loss.data[0]);
    expect(losses.at(-1)).toBeLessThan(0.001);
    expect([...w.dataSync()]).toEqual([0, 0]);
    await step.sync();
    expect(w.dataSync()[0]).toBeCloseTo(2, 1);
    expect(w.dataSync()[1]).toBeCloseTo(-1, 1);
    await step.dispose();
  });

  it.each([
    ['a bare number', () => ({ y: 3 }), /must return tensors by name.*y: 3/],
    ['nothing', () => undefined, /it returned undefined/],
    ['a list', () => [tf.scalar(1)], /must return tensors by name.*it returned \[ \[Tensor\] \]/],
    ['a promise', async () => ({ y: tf.scalar(1) }), /at once; it returned Promise/],
  ])('refuses a function that returns %s', (_, wrong, message) => {
    const fn = wrong as unknown as () => { y: tf.Tensor };
    expect(() => compile(fn, { inputs: {} })).toThrow(InvalidArgumentError);
    expect(() => compile(fn, { inputs: {} })).toThrow(message);
  });

  it('gives an input that it is given, as a result', async () => {
    const inputs = { x: { shape: [2] } };
    const f = compile(({ x }) => ({ x, same: tf.reshape(x, [2]), sum: tf.sum(x) }), { inputs });
    const x = { data: Float32Array.of(1, 2), shape: [2] };
    expect(await f({ x: x.data })).toEqual({ x, same: x, sum: { data: Float32Array.of(3), shape: [] } });
    await f.dispose();
  });

  it('gives nothing where there is nothing to give', async () => {
    const f = compile(() => ({}), { inputs: { x: { shape: [1] } } });
    expect(await f({ x: Float32Array.of(1) })).toEqual({});
    await f.dispose();
  });

  it('takes a variable that is named twice for one', async () => {
    const w = variable([1, 2]);
    const f = compile(({ x }) => ({ y: tf.add(w, x) }), { inputs: { x: { shape: [2] } }, variables: [w, w] });
    expect((await f({ x: Float32Array.of(1, 1) })).y.data).toEqual(Float32Array.of(2, 3));
    await f.dispose();
  });

  it('says that it is disposed; to dispose it again does no harm', async () => {
    const f = compile(({ x }) => ({ y: tf.neg(x) }), { inputs: { x: { shape: [1] } } });
    await f.dispose();
    await f.dispose();
    await expect(f({ x: Float32Array.of(1) })).rejects.toThrow('This compiled function is disposed');
  });

  it.each([true, false])(
    'takes no call from dispose on, while it waits for those before, compiled: %s',
    async compiled => {
      const count = variable([1]);
      const next = compile(
        () => {
          if (!compiled) count.dataSync();
          count.assign(tf.add(count, 1));
          return { count };
        },
        { inputs: {}, variables: [count], onFallback: () => {} },
      );
      const running = next({});
      const disposed = next.dispose();
      await expect(next({})).rejects.toThrow('This compiled function is disposed');
      expect((await running).count.data).toEqual(Float32Array.of(2));
      await disposed;
      expect([...count.dataSync()]).toEqual([2]);
    },
  );

  it.each<[string, (x: tf.Tensor) => unknown]>([
    ['is one', async x => ({ x, read: await x.data() })],
    ['has one among its results', x => ({ x: tf.booleanMaskAsync(x, tf.greater(x, 0)) })],
  ])('leaves no promise to fail unheard where what it is given %s', async (_, fn) => {
    const unheard = vi.fn();
    process.on('unhandledRejection', unheard);
    const inputs = { x: { shape: [1] } };
    expect(() => compile(({ x }) => fn(x) as { x: tf.Tensor }, { inputs })).toThrow(/must return tensors by name/);
    await new Promise(resolve => setTimeout(resolve, 20));
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });

  it('gives variables their values when it is disposed', async () => {
    const count = variable([1]);
    const next = compile(
      () => {
        count.assign(tf.mul(count, 2));
        return {};
      },
      { inputs: {}, variables: [count] },
    );
    for (let i = 0; i < 5; i++) await next({});
    await next.dispose();
    expect([...count.dataSync()]).toEqual([32]);
  });

  describe('with more variables than are handed over at once', () => {
    const large = 17 * 1024 * 1024;
    const two = () => [variable(new Float32Array(large).fill(1)), variable(new Float32Array(large).fill(2))];
    const sumOf = (a: tf.Variable, b: tf.Variable) =>
      compile(({ x }) => ({ y: tf.add(tf.add(tf.slice(a, 0, 1), tf.slice(b, 0, 1)), x) }), {
        inputs: { x: { shape: [1] } },
        variables: [a, b],
      });

    it('can be synced at once', async () => {
      const [a, b] = two();
      const f = sumOf(a, b);
      await f.sync();
      expect(tf.slice(b, 0, 1).dataSync()[0]).toBe(2);
      await f.dispose();
    });

    it('frees everything where one is gone before it was handed over, and says so', async () => {
      const free = vi.spyOn(Compiler.prototype, 'dispose');
      const [a, b] = two();
      const f = sumOf(a, b);
      b.dispose();
      await new Promise(resolve => setTimeout(resolve, 500));
      await expect(f({ x: Float32Array.of(1) })).rejects.toThrow('disposed');
      await expect(f.dispose()).rejects.toThrow('disposed');
      expect(free).toHaveBeenCalledTimes(1);
      free.mockRestore();
    });
  });

  it('runs eagerly, with the same result, where it cannot be compiled, and says so once', async () => {
    const told: NotTraceableError[] = [];
    const f = compile(
      ({ x }) => {
        x.dataSync();
        return { double: tf.mul(x, 2) };
      },
      { inputs: { x: { shape: [2] } }, onFallback: error => told.push(error) },
    );
    expect(f.compiled).toBe(false);
    const before = tf.memory().numTensors;
    expect((await f({ x: Float32Array.of(1, 2) })).double).toEqual({ data: Float32Array.of(2, 4), shape: [2] });
    await f({ x: Float32Array.of(1, 2) });
    expect(told.map(({ message }) => message)).toEqual([expect.stringMatching(/reads the values.*compile\.test\.ts/)]);
    expect(tf.memory().numTensors).toBe(before);
    await f.dispose();
  });

  it("doesn't have tfjs look for tensors among the numbers that come out eagerly", async () => {
    const f = compile(
      ({ x }) => {
        x.dataSync();
        return { double: tf.mul(x, 2) };
      },
      { inputs: { x: { shape: [10_000] } }, onFallback: () => {} },
    );
    const seen = vi.spyOn(Set.prototype, 'add');
    await f({ x: Float32Array.from({ length: 10_000 }, (_, i) => i) });
    const count = seen.mock.calls.length;
    seen.mockRestore();
    expect(count).toBeLessThan(1000);
    await f.dispose();
  });

  it.each<[string, () => tf.Optimizer]>([
    ['momentum', () => tf.train.momentum(0.01, 0.9)],
    ['rmsprop', () => tf.train.rmsprop(0.01)],
    ['adagrad', () => tf.train.adagrad(0.1)],
    ['adam', () => tf.train.adam(0.1)],
  ])("goes on eagerly where tfjs's %s makes its slots in the function", async (_, make) => {
    const stepOf = (w: tf.Variable) => {
      const optimizer = make();
      return ({ x }: { x: tf.Tensor }) => ({
        loss: optimizer.minimize(() => tf.sum(tf.square(tf.mul(x, w))), true, [w]) as tf.Tensor,
      });
    };
    const [w, expected] = [variable([1, 2]), variable([1, 2])];
    const x = Float32Array.of(1, -2);
    const told: string[] = [];
    const inputs = { x: { shape: [2] } };
    const step = compile(stepOf(w), { inputs, variables: [w], onFallback: error => told.push(error.message) });
    expect(step.compiled).toBe(false);
    expect(told).toEqual([expect.stringContaining('it makes a variable')]);
    const eager = stepOf(expected);
    for (let i = 0; i < 3; i++) {
      await step({ x });
      tf.tidy(() => eager({ x: tf.tensor1d(x) }));
    }
    expect([...w.dataSync()]).toEqual([...expected.dataSync()]);
    await step.dispose();
  });

  it('passes on what the function throws', () => {
    const fail = (): Record<string, tf.Tensor> => {
      throw new RangeError('on purpose');
    };
    expect(() => compile(fail, { inputs: {} })).toThrow(RangeError);
  });

  it('says which input has the wrong number of values', async () => {
    const f = compile(({ x }) => ({ x }), { inputs: { x: { shape: [2, 3] } } });
    await expect(f({ x: new Float32Array(5) })).rejects.toThrow(InvalidArgumentError);
    await expect(f({ x: new Float32Array(5) })).rejects.toThrow("Input 'x' has 5 values; its shape [2,3] needs 6.");
    await f.dispose();
  });

  it('takes whole numbers and Booleans', async () => {
    const f = compile(({ i, b }) => ({ picked: tf.where(b, i, tf.neg(i)) }), {
      inputs: { i: { shape: [3], dtype: 'int32' }, b: { shape: [3], dtype: 'bool' } },
    });
    const { picked } = await f({ i: Int32Array.of(1, 2, 3), b: Uint8Array.of(1, 0, 1) });
    expect([...picked.data]).toEqual([1, -2, 3]);
    await f.dispose();
  });

  it.each([true, false])('takes numbers of another type for what they are, compiled: %s', async compiled => {
    const f = compile(
      ({ x, i, b }) => {
        if (!compiled) x.dataSync();
        return { x: tf.neg(x), i: tf.neg(i), b: tf.logicalNot(b) };
      },
      {
        inputs: { x: { shape: [2] }, i: { shape: [2], dtype: 'int32' }, b: { shape: [2], dtype: 'bool' } },
        onFallback: () => {},
      },
    );
    const given = { x: Int32Array.of(1, 2), i: Float32Array.of(3, 4.7), b: Uint8Array.of(0, 5) };
    const { x, i, b } = await f(given);
    expect([x.data, i.data, b.data]).toEqual([Float32Array.of(-1, -2), Int32Array.of(-3, -4), Uint8Array.of(1, 0)]);
    await f.dispose();
  });

  it.each([
    [{ shape: [-1, 2] }, /Input 'x': shape\[0\] must be a whole number from 0 on, got -1/],
    [{ shape: [2, null] }, /shape\[1\] must be .* got null/],
    [{ shape: [1], dtype: 'float64' }, /Input 'x' has the dtype 'float64'; give float32, int32, bool/],
  ])('says what is wrong with %j', (x, message) => {
    const inputs = { x } as unknown as { x: { shape: number[] } };
    expect(() => compile(({ x }) => ({ y: tf.neg(x) }), { inputs })).toThrow(InvalidArgumentError);
    expect(() => compile(({ x }) => ({ y: tf.neg(x) }), { inputs })).toThrow(message);
  });

  it('refuses a misspelt option, and what is no variable', () => {
    const fn = () => ({ y: tf.scalar(1) });
    const misspelt = { inputs: {}, variable: [] } as { inputs: Record<string, never> };
    expect(() => compile(fn, misspelt)).toThrow(/option of compile.*variables/);
    const dense = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    for (const wrong of [tf.scalar(1), dense.trainableWeights[0]]) {
      const variables = [wrong as unknown as tf.Variable];
      expect(() => compile(fn, { inputs: {}, variables })).toThrow(/variables\[0\] is no tf.Variable.*weight.read\(\)/);
    }
    dense.dispose();
  });

  it('refuses a compiled function inside a compiled function', () => {
    const inner = (): Record<string, tf.Tensor> => {
      compile(({ x }) => ({ x }), {
        inputs: { x: { shape: [1] } },
        onFallback: error => {
          throw error;
        },
      });
      return {};
    };
    const told: string[] = [];
    const outer = compile(inner, { inputs: {}, onFallback: error => told.push(error.message) });
    expect(outer.compiled).toBe(false);
    expect(told).toEqual([expect.stringMatching(/one compiled function calls another/)]);
  });
});
