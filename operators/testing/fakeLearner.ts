import { setTimeout as wait } from 'node:timers/promises';
import type { HostArray } from '../../src/array/hostArray.js';
import type { Batch } from '../../src/data/batch.js';
import type {
  Learner,
  LearnerMetric,
  LearnerState,
  StepOptions,
  StepResult,
  TrainingStep,
} from '../../src/learner/learner.js';

export interface FakeLearnerOptions {
  /** Loss of the k-th step, counted from 0. Default: of the fake's one weight, see {@link fakeLearner}. */
  readonly losses?: readonly number[] | ((call: number) => number);
  /** Metrics beside `loss`, larger is better: each is 1 / (1 + loss). */
  readonly metrics?: readonly string[];
  /** How long each call takes, in milliseconds. Default 0: no timer, only a microtask. */
  readonly delay?: number;
  /** The step whose call rejects, counted from 0. */
  readonly failAt?: number;
  /** Whether it says that a step of it is one native call. Default: false. */
  readonly compiled?: boolean;
  /** The rate by iterations. Default 0.1. */
  readonly learningRate?: (iterations: number) => number;
}

/** What was asked of the fake, in order. */
export type FakeCall =
  | { readonly method: 'step'; readonly batch: Batch; readonly options: StepOptions }
  | { readonly method: 'steps'; readonly steps: readonly TrainingStep[] }
  | { readonly method: 'evaluate'; readonly batch: Batch }
  | { readonly method: 'predict' | 'state' | 'restore' | 'dispose' };

export interface FakeLearner extends Learner {
  readonly calls: readonly FakeCall[];
  /** Whether `dispose` was called. */
  readonly disposed: boolean;
  /** Calls that have begun and not ended, at most: 1 where the caller waits for each. */
  readonly mostAtOnce: number;
}

/**
 * A Learner without tensors: deterministic, and it keeps a record. Its model has one weight `w`, which learns the mean
 * of its batches' row numbers (or values): loss (w − mean)², w ← w − rate · 2 (w − mean), in float32. So order, rate and state
 * matter as with a real one.
 *
 * ## Example
 * ```ts
 * import { of } from 'rxjs';
 * import { trainStep } from 'gradstream/operators';
 * import { batchOf, fakeLearner } from 'gradstream/testing';
 *
 * const learner = fakeLearner({ losses: [2, 1] });
 * of(batchOf([0, 1]), batchOf([2, 3]))
 *   .pipe(trainStep(learner))
 *   .subscribe({ complete: () => console.log(learner.calls.length) }); // 2
 * ```
 *
 * @param options what it pretends.
 */
export function fakeLearner(options: FakeLearnerOptions = {}): FakeLearner {
  return new Fake(options);
}

class Fake implements FakeLearner {
  readonly calls: FakeCall[] = [];
  readonly metrics: readonly LearnerMetric[];
  readonly parameters = 1;
  readonly backend = 'fake';
  readonly compiled: boolean;
  readonly learningRate: (iterations: number) => number;
  disposed = false;
  mostAtOnce = 0;
  private weight = 0;
  private taken = 0;
  private pending = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: FakeLearnerOptions) {
    const { metrics = [], learningRate = () => 0.1, compiled = false } = options;
    this.compiled = compiled;
    this.learningRate = learningRate;
    this.metrics = [mean('loss', 'min'), ...metrics.map(name => mean(name, 'max'))];
  }

  step(batch: Batch, options: StepOptions): Promise<StepResult> {
    return this.call({ method: 'step', batch, options }, () => this.take({ batch, ...options }));
  }

  steps(steps: readonly TrainingStep[]): Promise<readonly StepResult[]> {
    return this.call({ method: 'steps', steps }, () => steps.map(step => this.take(step)));
  }

  evaluate(batch: Batch): Promise<StepResult> {
    return this.call({ method: 'evaluate', batch }, () => this.result(batch, (this.weight - target(batch)) ** 2));
  }

  predict(x: HostArray): Promise<HostArray> {
    const rows = x.shape[0];
    return this.call({ method: 'predict' }, () => ({
      data: new Float32Array(rows).fill(this.weight),
      shape: [rows, 1],
    }));
  }

  state(): Promise<LearnerState> {
    return this.call({ method: 'state' }, () => ({
      weights: [{ name: 'w', data: Float32Array.of(this.weight), shape: [] }],
      slots: [],
    }));
  }

  restore({ weights }: LearnerState): Promise<void> {
    return this.call({ method: 'restore' }, () => {
      this.weight = weights[0].data[0];
    });
  }

  async dispose(): Promise<void> {
    this.calls.push({ method: 'dispose' });
    this.disposed = true;
    await this.last;
  }

  private take({ batch, learningRate }: TrainingStep): StepResult {
    const call = this.taken++;
    if (call === this.options.failAt) throw new Error(`Step ${call} of the fake learner fails, as it was told to.`);
    const distance = this.weight - target(batch);
    // The state is float32: a restored fake must go on as the one that was saved.
    this.weight = Math.fround(this.weight - learningRate * 2 * distance);
    return this.result(batch, this.lossOf(call) ?? distance ** 2);
  }

  /** Calls queue up; one that fails doesn't stop those behind it. */
  private async call<T>(call: FakeCall, action: () => T): Promise<T> {
    if (this.disposed) throw new Error(`${call.method}() was called after dispose().`);
    this.calls.push(call);
    this.pending++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.pending);
    const before = this.last;
    const done = (async () => {
      await before;
      if (this.options.delay) await wait(this.options.delay);
      return action();
    })();
    this.last = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.pending--;
    }
  }

  private lossOf(call: number): number | undefined {
    const { losses } = this.options;
    return typeof losses === 'function' ? losses(call) : losses?.[call];
  }

  private result({ size }: Batch, loss: number): StepResult {
    const sums = this.metrics.flatMap((_, i) => [(i === 0 ? loss : 1 / (1 + loss)) * size, size]);
    return { size, loss, statistics: Float64Array.from(sums) };
  }
}

/** A mean over examples: its part of the statistics is a sum and a count. */
const mean = (name: string, direction: 'min' | 'max'): LearnerMetric => ({
  name,
  direction,
  size: 2,
  result: ([sum, count]) => sum / count,
});

/** What the batch pulls the weight towards. */
function target(batch: Batch): number {
  const values = batch.kind === 'rows' ? batch.rows : batch.x.data;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
