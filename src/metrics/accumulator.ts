import type { Logs } from '../event/trainEvent.js';
import type { LearnerMetric, StepResult } from '../learner/learner.js';

/**
 * Sums the statistics of batches in float64 and gives the metrics' values so far. Its state is part of a checkpoint taken
 * within an epoch.
 */
export class Accumulator {
  private readonly sums: Float64Array;

  /** @param sums a {@link state} to go on from; absent: nothing counted yet */
  constructor(
    private readonly metrics: readonly LearnerMetric[],
    sums?: readonly number[],
  ) {
    this.sums = new Float64Array(metrics.reduce((total, { size }) => total + size, 0));
    if (sums !== undefined) this.sums.set(sums);
  }

  add({ statistics }: StepResult): void {
    for (let i = 0; i < this.sums.length; i++) this.sums[i] += statistics[i];
  }

  /** Each metric's value by its name, in the learner's order. */
  logs(): Logs {
    return Object.fromEntries(this.parts().map(([{ name, result }, sums]) => [name, result(sums)]));
  }

  /** A copy of each metric's sums by its name. */
  statistics(): Readonly<Record<string, Float64Array>> {
    return Object.fromEntries(this.parts().map(([{ name }, sums]) => [name, sums.slice()]));
  }

  private parts(): (readonly [LearnerMetric, Float64Array])[] {
    let from = 0;
    return this.metrics.map(metric => {
      const sums = this.sums.subarray(from, from + metric.size);
      from += metric.size;
      return [metric, sums];
    });
  }

  state(): number[] {
    return Array.from(this.sums);
  }

  reset(): void {
    this.sums.fill(0);
  }
}
