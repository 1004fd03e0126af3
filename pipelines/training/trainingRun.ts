import { type OperatorFunction, take } from 'rxjs';
import type { Batch } from '../../src/data/batch.js';
import type { Sample } from '../../src/data/sample.js';
import type { DataExhaustedError } from '../../src/error/dataExhaustedError.js';
import type { Directive } from '../../src/event/directive.js';
import { orderDirectives } from '../../src/event/orderDirectives.js';
import type { Logs, RunStart, StepEvent, TrainEvent } from '../../src/event/trainEvent.js';
import { fingerprint } from '../../src/learner/fingerprint.js';
import type { StepResult } from '../../src/learner/learner.js';
import { noBatch } from '../noBatch.js';
import type { TrainOptions } from '../train.js';
import { batchesOfPass, endlessBatches, restOfPass, resumed } from '../trainingSamples.js';
import type { Resumption, RunParts } from './openRun.js';
import type { RunLifetime } from './runLifetime.js';
import { controllerChanges } from './runSetup.js';
import { runStart } from './runStart.js';
import { runState } from './runState.js';

/**
 * The only place where the loop from batches over steps, events and controllers back to the next step is closed. At each
 * barrier (after a step, a validation, an epoch) it emits the event, folds it through the controllers and carries out what
 * they ask before it goes on.
 */
export class TrainingRun {
  constructor(
    private readonly options: TrainOptions,
    private readonly lifetime: RunLifetime,
    private readonly parts: RunParts,
  ) {}

  async run(): Promise<void> {
    await this.tellStart();
    await this.train();
    if (!this.lifetime.isCutShort) await this.end();
  }

  private async tellStart(): Promise<void> {
    const { resumption, validation } = this.parts;
    const start = runStart(this.options.epochs, this.parts);
    if (resumption === null) await this.barrier(start);
    else await this.tellResumed(start, resumption);
    this.noteSaveFailure();
    if (validation?.isDue) await this.validate();
  }

  /** Only who is new in the run is heard: what the others ask at a start they had asked before, and it is in the snapshot. */
  private async tellResumed(start: RunStart, { damaged, run }: Resumption): Promise<void> {
    const { events, controllers, directives } = this.parts;
    const asked = events.resume(start);
    for (const message of damaged) events.warn({ code: 'damaged-checkpoint', message });
    const changes = controllerChanges(run.policies, controllers.policyStates);
    if (changes.warning !== undefined) events.warn(changes.warning);
    directives.forget(changes.gone);
    await this.carryOutAll(asked);
  }

  private get isUnfinished(): boolean {
    return this.lifetime.goesOn && this.parts.progress.epoch < this.options.epochs;
  }

  /** Pictures are augmented by the step where that is quicker. */
  private get through(): OperatorFunction<Sample, Batch> {
    const { through } = this.options.data;
    return (this.parts.learner.augments && through.inStep) || through;
  }

  private get pass() {
    const { seed, progress } = this.parts;
    return { seed, cursor: progress.cursor, shuffle: this.options.data.shuffle ?? true };
  }

  private train(): Promise<void> {
    const { stepsPerEpoch } = this.options;
    return stepsPerEpoch === undefined ? this.trainOnPasses() : this.trainOnSteps(stepsPerEpoch);
  }

  /** Each epoch is one pass over the data. */
  private async trainOnPasses(): Promise<void> {
    const { source, progress, calls } = this.parts;
    while (this.isUnfinished) {
      if (progress.step === 0) await this.beginEpoch();
      const through = resumed(this.through, source, progress.batches);
      await this.lifetime.consume(
        restOfPass(source, this.pass),
        batches => batches.pipe(through, calls.batches(progress.step)),
        batches => this.trainOn(batches),
      );
      if (!this.lifetime.goesOn) return;
      if (progress.step === 0) throw this.exhausted();
      await this.endEpoch();
    }
  }

  /** The data is one stream, pass after pass; an epoch is a number of its batches. What is prepared for the next isn't lost. */
  private async trainOnSteps(steps: number): Promise<void> {
    const { source, progress, calls } = this.parts;
    if (batchesOfPass(source, this.options.data.through) === 0) throw this.exhausted();
    await this.turnEpoch(steps);
    if (!this.isUnfinished) return;
    const { epoch, step, batches: taken } = progress;
    const left = (this.options.epochs - epoch) * steps - step;
    const { samples, through } = endlessBatches(source, this.pass, resumed(this.through, source, taken));
    await this.lifetime.consume(
      samples,
      batches => batches.pipe(through, take(left), calls.batches(step, steps)),
      async batches => {
        await this.trainOn(batches);
        await this.turnEpoch(steps);
      },
    );
    if (this.isUnfinished) throw this.exhausted();
  }

  /** Ends the epoch that has all its steps, and begins the next one. */
  private async turnEpoch(steps: number): Promise<void> {
    const { progress } = this.parts;
    if (progress.step === steps && this.lifetime.goesOn) await this.endEpoch();
    if (progress.step === 0 && this.isUnfinished) await this.beginEpoch();
  }

  private exhausted(): DataExhaustedError {
    const { source, progress } = this.parts;
    return noBatch(source, ` in epoch ${progress.epoch}, step ${progress.step}`);
  }

  private async beginEpoch(): Promise<void> {
    const { epoch, iterations } = this.parts.progress;
    const { learningRate } = this;
    await this.barrier({ type: 'epochStart', time: Date.now(), epoch, iterations, learningRate });
    if (this.lifetime.goesOn) await this.parts.lossGuard.remember();
  }

  /** The steps of one call; at its end is the barrier of all of them. */
  private async trainOn(batches: readonly Batch[]): Promise<void> {
    const { lifetime } = this;
    const { learner, calls, progress, events, lossGuard, snapshots, validation } = this.parts;
    const steps = batches.map((batch, i) => {
      const iterations = progress.iterations + i;
      return { batch, iterations, learningRate: this.learningRateAt(iterations) };
    });
    const results = await calls.take(learner, steps, () => !lifetime.aborted);
    if (lifetime.aborted) return;
    const time = Date.now();
    const taken = results.map((result, i) => {
      progress.takeStep(batches[i], result);
      return this.stepEvent(time, result, steps[i].learningRate);
    });
    const asked: Directive[] = [];
    for (const [i, { loss, warnings = [] }] of results.entries()) {
      for (const warning of warnings) events.warn(warning);
      const directives = events.show(taken[i]);
      lossGuard.note(taken[i], loss, directives);
      asked.push(...directives);
      if (lifetime.aborted) return;
    }
    await this.carryOutAll(orderDirectives(asked));
    if (lifetime.aborted) return;
    await lossGuard.refuse();
    if (validation?.isAfterStep) {
      validation.isDue = true;
      await this.validate();
    }
    if (snapshots?.isDue) await this.snapshot();
    this.noteSaveFailure();
  }

  private stepEvent(time: number, { size }: StepResult, rate: number): StepEvent {
    const { epoch, step, iterations, means } = this.parts.progress;
    const logs = Object.freeze({ ...means, learning_rate: rate });
    return { type: 'step', time, epoch, step: step - 1, iterations, size, logs };
  }

  private async endEpoch(): Promise<void> {
    const { learningRate } = this;
    const { progress, validation } = this.parts;
    const { epoch, step: steps, iterations } = progress;
    const validationLogs = validation?.isAtEpochEnd ? await this.validate() : {};
    if (validationLogs === null) return;
    const logs = Object.freeze({ ...progress.means, ...validationLogs, learning_rate: learningRate });
    progress.logs = logs;
    await this.barrier({ type: 'epochEnd', time: Date.now(), epoch, steps, iterations, logs });
    progress.nextEpoch();
    if (this.options.stepsPerEpoch === undefined) progress.nextPass();
    await this.snapshot();
    this.noteSaveFailure();
  }

  /** Null where a stop or an abort cut it short. */
  private async validate(): Promise<Logs | null> {
    const { epoch, iterations } = this.parts.progress;
    const logs = (await this.parts.validation?.logs()) ?? null;
    if (logs !== null) await this.barrier({ type: 'validation', time: Date.now(), epoch, iterations, logs });
    return logs;
  }

  private async end(): Promise<void> {
    // Before the first step of an epoch, the state is that of the last epoch's end.
    const { learner, events, progress, snapshots } = this.parts;
    const { epoch, step, iterations, logs } = progress;
    if (step > 0) await this.snapshot();
    await snapshots?.settled();
    this.noteSaveFailure();
    // What a snapshot holds goes on training; the model that the run leaves behind does not.
    await learner.finish?.();
    const last = Math.max(step > 0 ? epoch : epoch - 1, 0);
    await this.barrier({ type: 'trainEnd', time: Date.now(), epoch: last, iterations });
    if (this.lifetime.aborted) return;
    await learner.sync?.();
    const { weights } = await learner.state();
    this.lifetime.finish();
    events.tell({
      type: 'runEnd',
      time: Date.now(),
      reason: this.lifetime.stopReason ?? 'completed',
      epochs: epoch,
      iterations,
      logs,
      fingerprint: fingerprint(weights),
    });
  }

  private get learningRate(): number {
    return this.learningRateAt(this.parts.progress.iterations);
  }

  private learningRateAt(iterations: number): number {
    return this.parts.rate.of(this.parts.learner.learningRate(iterations));
  }

  /** Emits an event and carries out what the controllers ask then. */
  private async barrier(event: TrainEvent): Promise<void> {
    await this.carryOutAll(this.parts.events.show(event), event);
  }

  /** `event`: after which they were asked for. Default: a step. */
  private async carryOutAll(directives: readonly Directive[], event?: TrainEvent): Promise<void> {
    const epoch = event !== undefined && 'epoch' in event ? event.epoch : this.parts.progress.epoch;
    const place = { epoch, isEpochEnd: event?.type === 'epochEnd' };
    for (const directive of directives) {
      if (this.lifetime.aborted) return;
      await this.parts.directives.carryOut(Object.freeze(directive), place);
    }
  }

  /** Copies the state; it is written while the run goes on. */
  private async snapshot(): Promise<void> {
    const { snapshots, events, learner, directives } = this.parts;
    if (snapshots === undefined || this.lifetime.aborted) return;
    await snapshots.save(events.count, async () => ({
      run: runState(this.options, this.parts),
      learner: await learner.state(),
      remembered: directives.remembered,
    }));
  }

  private noteSaveFailure(): void {
    const failure = this.parts.snapshots?.takeFailure();
    if (failure !== undefined) this.parts.saveFailures.note(failure.error);
  }
}
