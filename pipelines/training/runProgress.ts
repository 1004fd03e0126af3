import type { RunState } from '../../src/checkpoint/snapshot.js';
import type { Batch, Cursor } from '../../src/data/batch.js';
import type { Logs } from '../../src/event/trainEvent.js';
import type { LearnerMetric, StepResult } from '../../src/learner/learner.js';
import { Accumulator } from '../../src/metrics/accumulator.js';

/** How far one run is. */
export class RunProgress {
  /** Epochs that are done. */
  epoch: number;
  /** Steps taken in the running epoch. */
  step: number;
  iterations: number;
  cursor: Cursor;
  /** Batches taken of the cursor's pass over the data. */
  batches: number;
  /** Logs of the last whole epoch. */
  logs: Logs;
  private readonly sums: Accumulator;

  /** `iterations`: before the run, where it isn't resumed. */
  constructor(metrics: readonly LearnerMetric[], run: RunState | undefined, iterations = 0) {
    this.epoch = run?.epoch ?? 0;
    this.step = run?.step ?? 0;
    this.iterations = run?.iterations ?? iterations;
    this.cursor = run?.cursor ?? { epoch: 0, position: 0 };
    this.batches = run?.batches ?? 0;
    this.logs = run?.logs ?? Object.freeze({});
    this.sums = new Accumulator(metrics, run?.sums);
  }

  /** Means of the epoch so far. */
  get means(): Logs {
    return this.sums.logs();
  }

  takeStep({ cursor }: Batch, result: StepResult): void {
    this.sums.add(result);
    this.step++;
    this.iterations++;
    this.batches = cursor.epoch === this.cursor.epoch ? this.batches + 1 : 1;
    this.cursor = cursor;
  }

  nextEpoch(): void {
    this.epoch++;
    this.step = 0;
    this.sums.reset();
  }

  /** The next epoch begins its own pass over the data. */
  nextPass(): void {
    this.cursor = { epoch: this.epoch, position: 0 };
    this.batches = 0;
  }

  /** For the snapshot. */
  toState() {
    const { epoch, step, iterations, cursor, batches, logs } = this;
    return { epoch, step, iterations, cursor, batches, logs, sums: this.sums.state() };
  }
}
