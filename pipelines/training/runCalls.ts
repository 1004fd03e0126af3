import { setImmediate as macrotask } from 'node:timers/promises';
import type { OperatorFunction } from 'rxjs';
import type { Batch } from '../../src/data/batch.js';
import type { Learner, StepResult, TrainingStep } from '../../src/learner/learner.js';
import type { TrainOptions } from '../train.js';
import { inCalls } from './inCalls.js';

/** Which steps of one run are taken in one call of the learner. */
export class RunCalls {
  /** Steps of a whole call. */
  private readonly length: number;
  private readonly validatedEvery: number | undefined;

  constructor({ stepsPerExecution = 1, validation }: Pick<TrainOptions, 'stepsPerExecution' | 'validation'>) {
    this.length = stepsPerExecution;
    this.validatedEvery = validation?.everySteps;
  }

  /**
   * The batches of each call. Calls are counted from an epoch's beginning and from each validation in it, so that a resumed run
   * has the same ones, and so has any learner.
   *
   * @param done steps that the running epoch has had
   * @param steps of an epoch, where batches of several follow each other
   */
  batches(done: number, steps = Number.POSITIVE_INFINITY): OperatorFunction<Batch, readonly Batch[]> {
    const { length, validatedEvery = steps } = this;
    return inCalls(batches => (((done + batches) % steps) % validatedEvery) % length === 0);
  }

  /**
   * Takes the steps of one call. A part of one is taken step by step: nothing is compiled for it.
   *
   * @param goesOn asked before each step that is taken by itself
   */
  async take(learner: Learner, steps: readonly TrainingStep[], goesOn: () => boolean): Promise<readonly StepResult[]> {
    const isWhole = steps.length > 1 && steps.length === this.length;
    if (isWhole && learner.compiled && learner.steps !== undefined) return learner.steps(steps);
    const results: StepResult[] = [];
    for (const { batch, ...step } of steps) {
      if (!goesOn()) break;
      results.push(await learner.step(batch, step));
      // Eager steps would keep the JavaScript thread all the time.
      if (steps.length > 1) await macrotask();
    }
    return results;
  }
}
