import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import '#tfjs-gradients';
import { Compiler } from '../../../src/graph/compiler.js';
import { gatherResidentRows } from '../../../src/graph/gatherResidentRows.js';
import { NotTraceableError } from '../../../src/graph/notTraceableError.js';
import { Session } from '../../../src/graph/session.js';
import type { Tracer } from '../../../src/graph/tracer.js';
import { valueAndGradient } from '../../../src/graph/valueAndGradient.js';
import { DataType } from '../../../src/native/dataType.js';
import { TensorflowError } from '../../../src/native/status.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();
const vector = (length: number) => ({ shape: [length], dtype: DataType.float32 });

describe.skipIf(native === null)('Compiler', () => {
  const withCompiler = async (variables: tf.Variable[], test: (compiler: Compiler) => Promise<void>): Promise<void> => {
    const compiler = new Compiler(native as NonNullable<typeof native>, variables);
    try {
      await compiler.variables.load();
      await test(compiler);
    } finally {
      await compiler.dispose();
      for (const variable of variables) variable.dispose();
    }
  };

  it('computes what tfjs computes', () =>
    withCompiler([], async compiler => {
      const f = compiler.compile([vector(3)], ([x]) => [tf.softmax(x), tf.sum(tf.square(x))]);
      const [softmax, sum] = await f.run([Float32Array.of(1, 2, 3)]);
      const expected = tf.tidy(() => tf.softmax(tf.tensor1d([1, 2, 3])).dataSync());
      for (const [i, value] of expected.entries()) expect(softmax[i]).toBeCloseTo(value, 6);
      expect([...sum]).toEqual([14]);
      expect(f.outputShapes).toEqual([[3], []]);
    }));

  it('runs what gives nothing and changes nothing', () =>
    withCompiler([], async compiler => {
      expect(await compiler.compile([vector(1)], () => []).run([Float32Array.of(1)])).toEqual([]);
    }));

  it('tells the outputs of an operation apart, as results and in lists', () =>
    withCompiler([], async compiler => {
      const f = compiler.compile([vector(2)], ([x]) => {
        const [first, second] = tf.split(x, 2);
        return [second, tf.concat([second, first])];
      });
      expect(await f.run([Float32Array.of(3, 5)])).toEqual([Float32Array.of(5), Float32Array.of(5, 3)]);
    }));

  it('takes equal constants for one, of views on one buffer each for its own', () =>
    withCompiler([], async compiler => {
      const data = Float32Array.of(1, 2, 1);
      const [a, b, again] = [0, 1, 2].map(i => data.subarray(i, i + 1));
      const f = compiler.compile([vector(1)], ([x]) => [a, b, again].map(values => tf.mul(x, tf.tensor1d(values))));
      expect((await f.run([Float32Array.of(3)])).map(([value]) => value)).toEqual([3, 6, 3]);
      expect(compiler.graph.operationCounts.get('Const')).toBe(2);
    }));

  it('reads a constant that was used', () =>
    withCompiler([], async compiler => {
      const f = compiler.compile([vector(2)], ([x]) => {
        const [numbers, words] = [tf.tensor1d(Float32Array.of(9, 2, 3).subarray(1)), tf.tensor1d(['a', 'bc'])];
        const sum = tf.add(x, numbers);
        tf.tile(words, [2]);
        return [tf.mul(sum, numbers.dataSync()[1] + words.dataSync<'string'>()[1].length)];
      });
      expect(await f.run([Float32Array.of(1, 1)])).toEqual([Float32Array.of(15, 20)]);
    }));

  it('tells 0 from −0 among constants', () =>
    withCompiler([], async compiler => {
      const f = compiler.compile([vector(1)], ([x]) => [tf.div(x, tf.scalar(0)), tf.div(x, tf.scalar(-0))]);
      expect((await f.run([Float32Array.of(1)])).map(([value]) => value)).toEqual([Infinity, -Infinity]);
    }));

  it('frees an array that was put into the session', () =>
    withCompiler([], async compiler => {
      const array = await compiler.variables.resident(vector(2), Float32Array.of(3, 4));
      const rows = { shape: [1], dtype: DataType.int32 };
      const f = compiler.compile([rows], ([row], tracer) => [gatherResidentRows(tracer, array, row, 'float32')]);
      expect(await f.run([Int32Array.of(1)])).toEqual([Float32Array.of(4)]);
      await compiler.variables.release([array]);
      await expect(f.run([Int32Array.of(1)])).rejects.toThrow(TensorflowError);
    }));

  it('has nothing to free once it is disposed', async () => {
    const compiler = new Compiler(native as NonNullable<typeof native>, []);
    const array = await compiler.variables.resident(vector(2), Float32Array.of(3, 4));
    const added = vi.spyOn(compiler.graph, 'addOperation');
    await compiler.dispose();
    await compiler.variables.release([array]);
    expect(added).not.toHaveBeenCalled();
  });

  it('keeps variables in the session, and tfjs’s as they were', () => {
    const counter = tf.variable(tf.scalar(5));
    return withCompiler([counter], async compiler => {
      const f = compiler.compile([], () => {
        counter.assign(tf.add(counter, 1));
        return [tf.mul(counter, 10)];
      });
      expect([...(await f.run([]))[0]]).toEqual([60]);
      expect([...(await f.run([]))[0]]).toEqual([70]);
      expect([...(await compiler.variables.read())[0]]).toEqual([7]);
      expect(counter.dataSync()[0]).toBe(5);
    });
  });

  it.each([
    ['many small variables in one call', 100, 3, 1],
    ['large ones in parcels', 3, 6_000_000, 2],
  ])('hands over %s', (_, count, size, calls) => {
    const variables = Array.from({ length: count }, (_, i) => tf.variable(tf.fill([size], i)));
    const run = vi.spyOn(Session.prototype, 'run');
    return withCompiler(variables, async compiler => {
      expect(run).toHaveBeenCalledTimes(calls);
      run.mockRestore();
      const values = await compiler.variables.read();
      expect(values.map(value => [value[0], value[size - 1]])).toEqual(variables.map((_, i) => [i, i]));
    });
  });

  it('refuses to change a variable that it was not told of, and leaves it as it was', () => {
    const stranger = tf.variable(tf.tensor1d([1, 2]), true, 'stranger');
    return withCompiler([], async compiler => {
      const trace = () =>
        compiler.compile([vector(2)], ([x]) => {
          stranger.assign(tf.add(stranger, x));
          return [tf.add(stranger, 0)];
        });
      expect(trace).toThrow(/changes the variable 'stranger', which it wasn't told of/);
      expect([...stranger.dataSync()]).toEqual([1, 2]);
      stranger.assign(tf.tensor1d([3, 4]));
      expect([...stranger.dataSync()]).toEqual([3, 4]);
      stranger.dispose();
    });
  });

  it('reads a variable’s old value everywhere in a step that changes it', () => {
    const a = tf.variable(tf.tensor1d([1, 2]));
    const b = tf.variable(tf.tensor1d([10, 20]));
    return withCompiler([a, b], async compiler => {
      const swap = compiler.compile([], () => {
        const old = tf.clone(a);
        a.assign(tf.add(b, 0));
        b.assign(old);
        return [];
      });
      await swap.run([]);
      expect((await compiler.variables.read()).map(values => [...values])).toEqual([
        [10, 20],
        [1, 2],
      ]);
    });
  });

  it('gives the gradients of tfjs’s tape', () => {
    const w = tf.variable(
      tf.tensor2d([
        [0.5, -1],
        [2, 0.25],
      ]),
    );
    const loss = (x: tf.Tensor) => tf.mean(tf.square(tf.relu(tf.matMul(x, w)))) as tf.Scalar;
    return withCompiler([w], async compiler => {
      const f = compiler.compile([{ shape: [3, 2], dtype: DataType.float32 }], ([x], tracer) => {
        const [gradient] = tracer.gradients(loss(x), [w]);
        return [gradient as tf.Tensor];
      });
      const x = Float32Array.of(1, 2, 3, 4, 5, 6);
      const [gradient] = await f.run([x]);
      const expected = tf.tidy(() =>
        tf.variableGrads(() => loss(tf.tensor2d(x, [3, 2])), [w]).grads[w.name].dataSync(),
      );
      for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 4);
    });
  });

  it('leaves out what the loss does not depend on, and asks TensorFlow for the rest', () => {
    const [w, other] = [2, 3].map(value => tf.variable(tf.tensor1d([value])));
    return withCompiler([w, other], async compiler => {
      const fn = vi.fn((tracer: Tracer) => {
        const loss = tf.sum(tf.square(w)) as tf.Scalar;
        const [none, gradient, late] = tracer.gradients(loss, [other, w, tf.neg(w)]);
        expect([none, late, ...tracer.gradients(loss, [other])]).toEqual([null, null, null]);
        return [gradient as tf.Tensor];
      });
      const f = compiler.compile([], (_, tracer) => fn(tracer));
      expect(await f.run([])).toEqual([Float32Array.of(4)]);
      // No second attempt with the gradients of tfjs's tape.
      expect(fn).toHaveBeenCalledTimes(1);
    });
  });

  it('knows what a gradient depends on', () =>
    withCompiler([], async compiler => {
      const slope = (fn: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => valueAndGradient(fn, x).gradient;
      const f = compiler.compile([vector(2)], ([x]) => [slope(slope(x => tf.mul(x, tf.square(x))))(x)]);
      expect(await f.run([Float32Array.of(2, -3)])).toEqual([Float32Array.of(12, -18)]);
    }));

  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    [
      'reads values on the host',
      x => {
        x.dataSync();
        return x;
      },
      /reads the values of a tensor.*on the host/,
    ],
    ['draws random numbers in JavaScript', x => tf.add(x, tf.randomUniform([3])), /draws random numbers/],
    ['makes something whose shape depends on values', x => tf.unique(x).values, /shape of what UniqueV2 gives depends/],
    ['samples by a kernel that counts', x => tf.multinomial(x as tf.Tensor1D, 2, 7), /tf\.multinomial/],
  ])('refuses a function that %s, and names the line', (_, fn, message) => {
    const before = tf.memory().numTensors;
    return withCompiler([], async compiler => {
      const compile = () => compiler.compile([vector(3)], ([x]) => [fn(x)]);
      expect(compile).toThrow(NotTraceableError);
      expect(compile).toThrow(message);
      expect(compile).toThrow(/compiler\.test\.ts:\d+/);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('leaves everything as it was where the function throws', () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    return withCompiler([w], async compiler => {
      const random = Math.random;
      const before = tf.memory().numTensors;
      expect(() =>
        compiler.compile([], () => {
          w.assign(tf.zeros([2]));
          throw new Error('on purpose');
        }),
      ).toThrow('on purpose');
      expect(tf.memory().numTensors).toBe(before);
      expect(Math.random).toBe(random);
      expect([...w.dataSync()]).toEqual([1, 2]);
      expect([...(await compiler.variables.read())[0]]).toEqual([1, 2]);
    });
  });

  it("passes on TensorFlow's words about shapes that don't fit", () =>
    withCompiler([], async compiler => {
      const compile = () => compiler.compile([vector(3)], ([x]) => [tf.reshape(x, [2, 2])]);
      expect(compile).toThrow();
    }));

  it('takes tensors from outside by value', () => {
    const outside = tf.tensor1d([1, 2, 3]);
    return withCompiler([], async compiler => {
      const f = compiler.compile([vector(3)], ([x]) => [tf.add(x, outside)]);
      outside.dispose();
      expect([...(await f.run([Float32Array.of(1, 1, 1)]))[0]]).toEqual([2, 3, 4]);
    });
  });

  it('leaves no data behind on the backend, whatever was lent for how many steps', () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const count = () => native?.backend.numDataIds();
    return withCompiler([w], async compiler => {
      const before = count();
      const f = compiler.compile([], (_, tracer) => {
        w.assign(tf.mul(w, 2));
        tracer.nextStep();
        w.assign(tf.add(w, 1));
        return [w];
      });
      expect(count()).toBe(before);
      expect(await f.run([])).toEqual([Float32Array.of(3, 5)]);
    });
  });

  it('lets a tensor from outside be read and disposed of after it was used', () =>
    withCompiler([], async compiler => {
      const count = () => native?.binding.getNumOfTensors();
      const before = count();
      const outside = tf.tidy(() => tf.neg(tf.tensor1d([-1, 2, 3])));
      const f = compiler.compile([vector(3)], ([x]) => {
        const sum = tf.add(x, outside);
        const [first] = outside.dataSync();
        outside.dispose();
        return [tf.add(sum, first)];
      });
      expect(count()).toBe(before);
      expect([...(await f.run([Float32Array.of(1, 1, 1)]))[0]]).toEqual([3, 0, -1]);
    }));

  it('runs off the JavaScript thread', async () => {
    const w = tf.variable(tf.ones([700, 700]));
    await withCompiler([w], async compiler => {
      const f = compiler.compile([], () => {
        let x: tf.Tensor = w;
        for (let i = 0; i < 20; i++) x = tf.mul(tf.matMul(x, w), 1 / 700);
        return [tf.mean(x)];
      });
      const tick = vi.fn();
      const timer = setInterval(tick, 1);
      await f.run([]);
      clearInterval(timer);
      expect(tick.mock.calls.length).toBeGreaterThan(5);
    });
  });

  it('waits for the running call when it is disposed, and refuses later ones', async () => {
    const compiler = new Compiler(native as NonNullable<typeof native>, []);
    const f = compiler.compile([vector(2)], ([x]) => [tf.add(x, 1)]);
    const running = f.run([Float32Array.of(1, 2)]);
    await compiler.dispose();
    expect([...(await running)[0]]).toEqual([2, 3]);
    await expect(f.run([Float32Array.of(1, 2)])).rejects.toThrow(/disposed/);
  });

  it('keeps bytes resident and gathers rows of them', () =>
    withCompiler([], async compiler => {
      const { gatherResidentRows } = await import('../../../src/graph/gatherResidentRows.js');
      const table = await compiler.variables.resident(
        { shape: [3, 2], dtype: DataType.uint8 },
        Uint8Array.of(1, 2, 3, 4, 255, 6),
      );
      const f = compiler.compile([{ shape: [2], dtype: DataType.int32 }], ([rows], tracer) => [
        gatherResidentRows(tracer, table, rows, 'float32'),
      ]);
      expect([...(await f.run([Int32Array.of(2, 0)]))[0]]).toEqual([255, 6, 1, 2]);
    }));

  it('says what TensorFlow says where a run fails', () =>
    withCompiler([], async compiler => {
      const { gatherResidentRows } = await import('../../../src/graph/gatherResidentRows.js');
      const table = await compiler.variables.resident(
        { shape: [3], dtype: DataType.float32 },
        Float32Array.of(1, 2, 3),
      );
      const f = compiler.compile([{ shape: [1], dtype: DataType.int32 }], ([rows], tracer) => [
        gatherResidentRows(tracer, table, rows, 'float32'),
      ]);
      await expect(f.run([Int32Array.of(7)])).rejects.toThrow(TensorflowError);
      expect([...(await f.run([Int32Array.of(1)]))[0]]).toEqual([2]);
    }));
});
