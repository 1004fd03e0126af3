import { lastValueFrom, NEVER, type OperatorFunction, of, Subject, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { evaluateStep } from '../../operators/evaluateStep.js';
import { type FakeLearner, fakeLearner } from '../../operators/testing/fakeLearner.js';
import { marbles } from '../../operators/testing/marbles.js';
import { batchOf } from '../../operators/testing/samples.js';
import { trainStep } from '../../operators/trainStep.js';
import type { Batch } from '../../src/data/batch.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import type { StepResult } from '../../src/learner/learner.js';

const batches = [batchOf([0, 1]), batchOf([2, 3]), batchOf([4, 5])];

const optionsOf = ({ calls }: FakeLearner) => calls.map(call => (call.method === 'step' ? call.options : undefined));

const operators: readonly (readonly [string, (learner: FakeLearner) => OperatorFunction<Batch, StepResult>])[] = [
  ['trainStep', learner => trainStep(learner)],
  ['evaluateStep', evaluateStep],
];

describe.each(operators)('%s', (_name, operator) => {
  it(
    'never ends for a source that never ends, and completes for an empty one',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const e1 = cold<Batch>('-   ');
      const e1subs = '        ^   ';
      const expected1 = '     -   ';
      const e2 = cold<Batch>('--| ');
      const e2subs = '        ^-! ';
      const expected2 = '     --| ';
      expectObservable(e1.pipe(operator(fakeLearner()))).toBe(expected1);
      expectObservable(e2.pipe(operator(fakeLearner()))).toBe(expected2);
      expectSubscriptions(e1.subscriptions).toBe(e1subs);
      expectSubscriptions(e2.subscriptions).toBe(e2subs);
    }),
  );

  it('gives one result a batch, in order, one call at a time', async () => {
    const learner = fakeLearner({ delay: 1 });
    const results = await lastValueFrom(of(...batches).pipe(operator(learner), toArray()));
    expect(results.map(({ size }) => size)).toEqual([2, 2, 2]);
    expect(learner.calls.map(call => 'batch' in call && call.batch)).toEqual(batches);
    expect(learner.mostAtOnce).toBe(1);
  });

  it('passes on an error of the source', async () => {
    const error = new Error('gone');
    await expect(lastValueFrom(throwError(() => error).pipe(operator(fakeLearner())))).rejects.toBe(error);
  });

  it('begins nothing more when it is unsubscribed', async () => {
    const learner = fakeLearner({ delay: 1 });
    const seen: StepResult[] = [];
    const subscription = of(...batches)
      .pipe(operator(learner))
      .subscribe(result => seen.push(result));
    subscription.unsubscribe();
    await learner.dispose();
    expect(seen).toEqual([]);
    expect(learner.calls.map(({ method }) => method)).toHaveLength(2);
  });

  it('unsubscribes from its source', () => {
    const source = new Subject<Batch>();
    const subscription = source.pipe(operator(fakeLearner())).subscribe();
    expect(source.observed).toBe(true);
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });
});

describe('trainStep', () => {
  it('takes the optimizer’s own schedule by default, and counts iterations', async () => {
    const learner = fakeLearner({ learningRate: iterations => 1 / (1 + iterations) });
    await lastValueFrom(of(...batches).pipe(trainStep(learner)));
    expect(optionsOf(learner)).toEqual([
      { learningRate: 1, iterations: 0 },
      { learningRate: 1 / 2, iterations: 1 },
      { learningRate: 1 / 3, iterations: 2 },
    ]);
  });

  it('takes a fixed rate, and goes on counting where it is told to', async () => {
    const learner = fakeLearner();
    await lastValueFrom(of(...batches).pipe(trainStep(learner, { learningRate: 0.5, iterations: 7 })));
    expect(optionsOf(learner).map(options => options?.iterations)).toEqual([7, 8, 9]);
    expect(optionsOf(learner).map(options => options?.learningRate)).toEqual([0.5, 0.5, 0.5]);
  });

  it('counts for each subscription anew', async () => {
    const learner = fakeLearner();
    const steps = of(batches[0]).pipe(trainStep(learner));
    await lastValueFrom(steps);
    await lastValueFrom(steps);
    expect(optionsOf(learner).map(options => options?.iterations)).toEqual([0, 0]);
  });

  it('takes no step after a failed one', async () => {
    const learner = fakeLearner({ failAt: 1 });
    await expect(lastValueFrom(of(...batches).pipe(trainStep(learner)))).rejects.toThrow('Step 1');
    expect(learner.calls).toHaveLength(2);
  });

  it('turns a throw of the schedule into an error', async () => {
    const learningRate = () => {
      throw new Error('no rate');
    };
    await expect(lastValueFrom(of(...batches).pipe(trainStep(fakeLearner(), { learningRate })))).rejects.toThrow(
      'no rate',
    );
  });

  it('refuses iterations that can not be meant, at once', () => {
    expect(() => NEVER.pipe(trainStep(fakeLearner(), { iterations: -1 }))).toThrow(InvalidArgumentError);
  });
});
