import { describe, expect, it } from 'vitest';
import { fakeLearner } from '../../../operators/testing/fakeLearner.js';
import { batchOf } from '../../../operators/testing/samples.js';

const options = { learningRate: 0.1, iterations: 0 };

describe('fakeLearner', () => {
  it('learns, the same each time', async () => {
    const run = async () => {
      const learner = fakeLearner();
      const losses: number[] = [];
      for (let i = 0; i < 5; i++) losses.push((await learner.step(batchOf([2, 4]), options)).loss);
      return losses;
    };
    const losses = await run();
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(losses[0]).toBe(9);
    expect(await run()).toEqual(losses);
  });

  it('goes on from its state as if it had never stopped', async () => {
    const whole = fakeLearner();
    await whole.step(batchOf([7, 6, 1]), options);
    const state = await whole.state();
    const resumed = fakeLearner();
    await resumed.restore(state);
    const next = batchOf([3]);
    expect(await resumed.step(next, options)).toEqual(await whole.step(next, options));
  });

  it('gives the losses that it is told to, and metrics that follow from them', async () => {
    const learner = fakeLearner({ losses: [3, 1], metrics: ['accuracy'] });
    const result = await learner.step(batchOf([0, 1]), options);
    expect(result).toEqual({ size: 2, loss: 3, statistics: Float64Array.of(6, 2, 0.5, 2) });
    expect((await learner.step(batchOf([0]), options)).loss).toBe(1);
    expect(learner.metrics.map(({ name, direction, size }) => [name, direction, size])).toEqual([
      ['loss', 'min', 2],
      ['accuracy', 'max', 2],
    ]);
    expect(learner.metrics[1].result(result.statistics.slice(2))).toBe(0.25);
    const odd = fakeLearner({ losses: call => call / 2 });
    await odd.step(batchOf([0]), options);
    expect((await odd.step(batchOf([0]), options)).loss).toBe(0.5);
  });

  it('evaluates and predicts without learning', async () => {
    const learner = fakeLearner();
    const before = await learner.state();
    expect((await learner.evaluate(batchOf([3]))).loss).toBe(9);
    expect(await learner.predict({ data: new Float32Array(4), shape: [2, 2] })).toEqual({
      data: new Float32Array(2),
      shape: [2, 1],
    });
    expect(await learner.state()).toEqual(before);
  });

  it('fails at the step that it is told to, and works after it', async () => {
    const learner = fakeLearner({ failAt: 1 });
    await learner.step(batchOf([1]), options);
    await expect(learner.step(batchOf([1]), options)).rejects.toThrow('Step 1 of the fake learner fails');
    await expect(learner.step(batchOf([1]), options)).resolves.toMatchObject({ size: 1 });
  });

  it('keeps a record, carries out calls in order, and counts those at one time', async () => {
    const learner = fakeLearner({ delay: 1 });
    const done: string[] = [];
    await Promise.all([
      learner.step(batchOf([1]), options).then(() => done.push('step')),
      learner.state().then(() => done.push('state')),
    ]);
    expect(done).toEqual(['step', 'state']);
    expect(learner.calls.map(({ method }) => method)).toEqual(['step', 'state']);
    expect(learner.mostAtOnce).toBe(2);
  });

  it('waits in dispose for what runs, any number of times, and refuses all later calls', async () => {
    const learner = fakeLearner({ delay: 1 });
    let stepped = false;
    const step = learner.step(batchOf([1]), options).then(() => {
      stepped = true;
    });
    await learner.dispose();
    expect(stepped).toBe(true);
    await step;
    await learner.dispose();
    expect(learner.disposed).toBe(true);
    expect(learner.calls.filter(({ method }) => method === 'dispose')).toHaveLength(2);
    await expect(learner.evaluate(batchOf([1]))).rejects.toThrow('evaluate() was called after dispose()');
  });
});
