import { epochSamples } from '../../operators/epochSamples.js';
import type { Batch } from '../../src/data/batch.js';
import type { Source } from '../../src/data/source.js';
import { DataExhaustedError } from '../../src/error/dataExhaustedError.js';
import type { Logs } from '../../src/event/trainEvent.js';
import type { Learner } from '../../src/learner/learner.js';
import { Accumulator } from '../../src/metrics/accumulator.js';
import type { ValidationOptions } from '../train.js';
import type { RunDirectives } from './runDirectives.js';
import type { RunEvents } from './runEvents.js';
import type { RunLifetime } from './runLifetime.js';
import type { RunProgress } from './runProgress.js';

interface ValidationParts {
  readonly options: ValidationOptions;
  readonly source: Source;
  readonly learner: Learner;
  readonly seed: number;
  readonly stepsPerEpoch: number | null;
  readonly progress: RunProgress;
  readonly directives: RunDirectives;
  readonly events: RunEvents;
  readonly lifetime: RunLifetime;
}

/** The validation of one run: when it is due, and what it gives. */
export class RunValidation {
  constructor(
    private readonly parts: ValidationParts,
    /** That of the last step's weights is not yet done. */
    public isDue: boolean,
  ) {}

  /** Whether one belongs to the end of the epoch that runs. */
  get isAtEpochEnd(): boolean {
    const { everyEpochs = 1 } = this.parts.options;
    return (this.parts.progress.epoch + 1) % everyEpochs === 0;
  }

  /** Whether one belongs to the step that was taken. Where the epoch's end is known to validate the same weights, once is enough. */
  get isAfterStep(): boolean {
    const { everySteps } = this.parts.options;
    const { step } = this.parts.progress;
    if (everySteps === undefined || step % everySteps !== 0) return false;
    return step !== this.parts.stepsPerEpoch || !this.isAtEpochEnd;
  }

  /** Null where a stop or an abort cut it short. */
  async logs(): Promise<Logs | null> {
    const { options, source, learner, seed, progress, directives, events, lifetime } = this.parts;
    if (!lifetime.goesOn) return null;
    const sums = new Accumulator(learner.metrics);
    const samples = epochSamples(source, { seed, epoch: progress.epoch, shuffle: false });
    let batches = 0;
    const evaluate = async (batch: Batch): Promise<void> => {
      const result = await learner.evaluate(batch);
      for (const warning of result.warnings ?? []) events.warn(warning);
      sums.add(result);
      batches++;
    };
    await directives.seeingAverages(() => lifetime.consume(samples, options.through, evaluate));
    if (!lifetime.goesOn) return null;
    if (batches === 0) throw new DataExhaustedError(`The validation set '${source.name}' gave no batch. Is it empty?`);
    this.isDue = false;
    const logs = Object.entries(sums.logs()).map(([name, value]) => [`val_${name}`, value]);
    return Object.freeze(Object.fromEntries(logs));
  }
}
