import type { OperatorFunction } from 'rxjs';
import type { Batch } from '../src/data/batch.js';
import type { Learner, StepResult, TrainingStep } from '../src/learner/learner.js';
import { inCalls } from './inCalls.js';
import type { TrainOptions } from './train.js';

/** Which steps of one run are taken in one call of the learner. */
export class RunCalls {
  constructor(
    private readonly learner: Learner,
    private readonly options: Pick<TrainOptions, 'stepsPerExecution' | 'validation'>,
  ) {}

  /**
   * The batches of each call. Calls are counted from an epoch's beginning and from each validation in it, so that a resumed run
   * has the same ones.
   *
   * @param done steps that the running epoch has had
   * @param steps of an epoch, where batches of several follow each other
   */
  batches(done: number, steps = Number.POSITIVE_INFINITY): OperatorFunction<Batch, readonly Batch[]> {
    const { validation: { everySteps = steps } = {} } = this.options;
    return inCalls(batches => {
      const step = (done + batches) % steps;
      return step === 0 || step % everySteps === 0 || (step % everySteps) % this.length === 0;
    });
  }

  /**
   * Takes the steps of one call. A part of one is taken step by step: nothing is compiled for it.
   *
   * @param goesOn asked before each step that is taken by itself
   */
  async take(steps: readonly TrainingStep[], goesOn: () => boolean): Promise<readonly StepResult[]> {
    const { learner, length } = this;
    if (length > 1 && steps.length === length && learner.steps !== undefined) return learner.steps(steps);
    const results: StepResult[] = [];
    for (const { batch, ...step } of steps) {
      if (!goesOn()) break;
      results.push(await learner.step(batch, step));
    }
    return results;
  }

  /** Steps of a whole call. Several eager ones would keep the JavaScript thread all the time. */
  private get length(): number {
    const { stepsPerExecution = 1 } = this.options;
    return this.learner.compiled && this.learner.steps !== undefined ? stepsPerExecution : 1;
  }
}
