import { from, type OperatorFunction, Subject, type Subscriber, type Subscription, take } from 'rxjs';
import { epochSamples } from '../operators/epochSamples.js';
import type { PipedBatchOperator } from '../operators/pipeBatches.js';
import type { FoundSnapshot, RunState, Snapshot } from '../src/checkpoint/snapshot.js';
import type { Batch } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import type { Source } from '../src/data/source.js';
import { DataExhaustedError } from '../src/error/dataExhaustedError.js';
import { NonFiniteLossError } from '../src/error/nonFiniteLossError.js';
import type { Directive } from '../src/event/directive.js';
import { orderDirectives } from '../src/event/orderDirectives.js';
import type { Logs, ResumePoint, RunStart, StepEvent, TrainEvent } from '../src/event/trainEvent.js';
import { UnbrokenEvents } from '../src/event/unbrokenEvents.js';
import { fingerprint } from '../src/learner/fingerprint.js';
import type { Learner, LearnerWarning, NamedArray, StepResult } from '../src/learner/learner.js';
import { Accumulator } from '../src/metrics/accumulator.js';
import type { Json } from '../src/policy/policy.js';
import { drawSeed } from '../src/random/drawSeed.js';
import { consume } from './consume.js';
import { Controllers } from './controllers.js';
import { resolveLazy } from './lazy.js';
import { RunCalls } from './runCalls.js';
import { RunDirectives, type RunHost } from './runDirectives.js';
import { RunProgress } from './runProgress.js';
import { RunRate } from './runRate.js';
import { controllerChanges, requireSameArrays, requireSameRun, runSetup } from './runSetup.js';
import { RunSnapshots } from './runSnapshots.js';
import { isDiskError, saveWarning } from './saveFailure.js';
import type { TrainOptions } from './train.js';
import { endlessPasses, restOfPass, resumed } from './trainingSamples.js';

/**
 * One run of `train`: the only place where the loop from batches over steps, events and controllers back to the next step
 * is closed. At each barrier (after a step, a validation, an epoch) it emits the event, folds it through the controllers and
 * carries out what they ask before it goes on.
 */
export class TrainingRun implements RunHost {
  /** Stopped or aborted: no further batch. */
  private readonly halted = new Subject<void>();
  private aborted = false;
  private failure: { readonly error: unknown } | undefined;
  learner!: Learner;
  private source!: Source;
  private validationSource: Source | undefined;
  private calls!: RunCalls;
  private controllers!: Controllers;
  snapshots: RunSnapshots | undefined;
  private setup: Json = null;
  progress!: RunProgress;
  rate!: RunRate;
  private directives!: RunDirectives;
  private seed = 0;
  private readonly unbroken = new UnbrokenEvents();
  private events = 0;
  /** Of the last snapshot. */
  private savedEvents = 0;
  private goodWeights: readonly NamedArray[] | undefined;
  private stopReason: string | undefined;
  /** Of the last step's weights, and not yet done. */
  private validationDue = false;

  constructor(
    readonly options: TrainOptions,
    private readonly subscriber: Subscriber<TrainEvent>,
  ) {}

  /** Unsubscribing: no further step; what runs is waited for before anything is freed. */
  abort(): void {
    this.aborted = true;
    this.halted.next();
  }

  async run(): Promise<void> {
    const { stopOn } = this.options;
    let stopping: Subscription | undefined;
    try {
      stopping = stopOn && from(stopOn).subscribe({ next: reason => this.stop(reason), error: e => this.fail(e) });
      await this.begin();
      if (!this.isCutShort) await this.train();
      if (!this.isCutShort) await this.end();
    } catch (error) {
      this.fail(error);
    }
    stopping?.unsubscribe();
    try {
      if (this.failure !== undefined && !this.aborted) await this.directives?.saveOnException();
    } catch (error) {
      this.fail(error);
    }
    await this.free();
    if (this.failure === undefined) this.subscriber.complete();
    else this.subscriber.error(this.failure.error);
  }

  private async free(): Promise<void> {
    try {
      this.controllers?.dispose();
      await this.snapshots?.close();
    } catch (error) {
      this.fail(error);
    }
    // A learner that was handed over ready-made stays the caller's.
    if (typeof this.options.learner !== 'function') return;
    await this.learner?.dispose().catch(error => this.fail(error));
  }

  /** The first error counts. */
  private fail(error: unknown): void {
    this.failure ??= { error };
    this.halted.next();
  }

  private get goesOn(): boolean {
    return this.stopReason === undefined && !this.isCutShort;
  }

  /** Not even the end of a run that is stopped is told any more. */
  private get isCutShort(): boolean {
    return this.aborted || this.failure !== undefined;
  }

  private get isUnfinished(): boolean {
    return this.goesOn && this.progress.epoch < this.options.epochs;
  }

  stop(reason: string): void {
    this.stopReason ??= reason;
    this.halted.next();
  }

  private async begin(): Promise<void> {
    const { options } = this;
    const openFailure = await this.openSnapshots();
    if (this.isCutShort) return;
    const found = options.resume ? ((await options.snapshots?.latest()) ?? null) : null;
    if (this.isCutShort) return;
    const run = found?.snapshot.run;
    this.source = await resolveLazy(options.data.source);
    if (this.isCutShort) return;
    this.validationSource = options.validation && (await resolveLazy(options.validation.source));
    if (this.isCutShort) return;
    this.learner = await resolveLazy(options.learner);
    if (this.isCutShort) return;
    const { source, validationSource, learner, stepsPerEpoch } = this;
    this.setup = runSetup({ options, source, validationSource, learner, stepsPerEpoch });
    this.seed = run?.seed ?? options.seed ?? drawSeed();
    this.calls = new RunCalls(options);
    this.controllers = new Controllers(options.controllers ?? [], run?.policies);
    this.progress = new RunProgress(learner.metrics, run);
    this.rate = new RunRate(run?.rate, run?.rateWriters);
    this.directives = new RunDirectives(this, found?.snapshot);
    if (found !== null) await this.restore(found.snapshot);
    if (this.isCutShort) return;
    const start: RunStart = {
      type: 'runStart',
      time: Date.now(),
      seed: this.seed,
      epochs: options.epochs,
      stepsPerEpoch,
      metrics: Object.freeze(this.logNames),
      parameters: learner.parameters,
      backend: learner.backend,
      compiled: learner.compiled,
      resumedFrom: run === undefined ? null : resumePoint(run),
    };
    if (found === null) await this.barrier(start);
    else await this.tellResumed(start, found);
    if (openFailure !== undefined) this.saveFailed(openFailure);
    if (this.validationDue) await this.validate();
  }

  /** The error where the disk won't have snapshots. */
  private async openSnapshots(): Promise<unknown> {
    const { snapshots, resume = false, snapshotEveryMs = 30_000 } = this.options;
    if (snapshots === undefined) return undefined;
    try {
      this.snapshots = new RunSnapshots(await snapshots.open({ resume }), snapshotEveryMs);
      return undefined;
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return error;
    }
  }

  private async restore({ run, learner }: Snapshot): Promise<void> {
    requireSameRun(run, this.setup, this.options);
    requireSameArrays(learner, await this.learner.state());
    this.events = run.events;
    this.savedEvents = run.events;
    if (this.options.onNonFinite !== 'continue') this.goodWeights = learner.weights;
    this.validationDue = run.validationDue ?? false;
    // Who asks for more epochs than before wants to go on in spite of it.
    if (run.stopped !== null && this.options.epochs <= run.epochs) this.directives.decide(run.stopped);
    await this.learner.restore(learner);
  }

  private async tellResumed(start: RunStart, { damaged, snapshot }: FoundSnapshot): Promise<void> {
    this.emit(start);
    const directives = this.controllers.resume(start);
    for (const message of damaged) this.warn({ code: 'damaged-checkpoint', message });
    const changes = controllerChanges(snapshot.run.policies, this.controllers.policyStates);
    if (changes.warning !== undefined) this.warn(changes.warning);
    this.directives.forget(changes.gone);
    await this.carryOutAll(directives);
  }

  /** Pictures are augmented by the step where that is quicker. */
  private get through(): OperatorFunction<Sample, Batch> {
    const { through } = this.options.data;
    return (this.learner.augments && (through as Partial<PipedBatchOperator>).inStep) || through;
  }

  /** Steps of an epoch where they are known before it has ended. */
  private get stepsPerEpoch(): number | null {
    const { stepsPerEpoch, data } = this.options;
    if (stepsPerEpoch !== undefined) return stepsPerEpoch;
    if (this.source.kind === 'stream') return null;
    return (data.through as Partial<BatchCount>).batchesOf?.(this.source.size) ?? null;
  }

  private get logNames(): string[] {
    const names = this.learner.metrics.map(({ name }) => name);
    const validation = this.validationSource === undefined ? [] : names.map(name => `val_${name}`);
    return [...names, ...validation, 'learning_rate'];
  }

  private train(): Promise<void> {
    const { stepsPerEpoch } = this.options;
    return stepsPerEpoch === undefined ? this.trainOnPasses() : this.trainOnSteps(stepsPerEpoch);
  }

  /** Each epoch is one pass over the data. */
  private async trainOnPasses(): Promise<void> {
    while (this.isUnfinished) {
      if (this.progress.step === 0) await this.beginEpoch();
      const through = resumed(this.through, this.source, this.progress.batches);
      await this.consume(
        restOfPass(this.source, this.pass),
        batches => batches.pipe(through, this.calls.batches(this.progress.step)),
        batches => this.trainOn(batches),
      );
      if (!this.goesOn) return;
      if (this.progress.step === 0) throw this.exhausted();
      await this.endEpoch();
    }
  }

  /** The data is one stream, pass after pass; an epoch is a number of its batches. What is prepared for the next isn't lost. */
  private async trainOnSteps(steps: number): Promise<void> {
    const { epochs, data } = this.options;
    if (this.source.kind !== 'stream' && (data.through as Partial<BatchCount>).batchesOf?.(this.source.size) === 0) {
      throw this.exhausted();
    }
    await this.turnEpoch(steps);
    if (!this.isUnfinished) return;
    const { epoch, step, batches: taken } = this.progress;
    const left = (epochs - epoch) * steps - step;
    const through = resumed(this.through, this.source, taken);
    await this.consume(
      endlessPasses(this.source, this.pass),
      batches => batches.pipe(through, take(left), this.calls.batches(step, steps)),
      async batches => {
        await this.trainOn(batches);
        await this.turnEpoch(steps);
      },
    );
    if (this.isUnfinished) throw this.exhausted();
  }

  /** Ends the epoch that has all its steps, and begins the next one. */
  private async turnEpoch(steps: number): Promise<void> {
    if (this.progress.step === steps && this.goesOn) await this.endEpoch();
    if (this.progress.step === 0 && this.isUnfinished) await this.beginEpoch();
  }

  private get pass() {
    return { seed: this.seed, cursor: this.progress.cursor, shuffle: this.options.data.shuffle ?? true };
  }

  private exhausted(): DataExhaustedError {
    const { epoch, step } = this.progress;
    return new DataExhaustedError(
      `'${this.source.name}' gave no batch in epoch ${epoch}, step ${step}. Is it empty, or the batch larger than ` +
        'the set and its remainder dropped?',
    );
  }

  private async beginEpoch(): Promise<void> {
    const { epoch, iterations } = this.progress;
    const { learningRate } = this;
    await this.barrier({ type: 'epochStart', time: Date.now(), epoch, iterations, learningRate });
    if (this.options.onNonFinite !== 'continue' && this.goesOn) {
      this.goodWeights = (await this.learner.state()).weights;
    }
  }

  /** The steps of one call; at its end is the barrier of all of them. */
  private async trainOn(batches: readonly Batch[]): Promise<void> {
    const { progress } = this;
    const steps = batches.map((batch, i) => {
      const iterations = progress.iterations + i;
      return { batch, iterations, learningRate: this.learningRateAt(iterations) };
    });
    const results = await this.calls.take(this.learner, steps, () => !this.aborted);
    if (this.aborted) return;
    const time = Date.now();
    const events = results.map((result, i) => {
      progress.takeStep(batches[i], result);
      return this.stepEvent(time, result, steps[i].learningRate);
    });
    const asked: Directive[] = [];
    let refused: RefusedStep | undefined;
    for (const [i, { loss, warnings = [] }] of results.entries()) {
      for (const warning of warnings) this.warn(warning);
      if (!Number.isFinite(loss)) refused ??= { step: events[i].step, loss, isDealtWith: false };
      const directives = this.show(events[i]);
      if (refused !== undefined) refused.isDealtWith ||= directives.some(({ type }) => type === 'stop');
      asked.push(...directives);
      if (this.aborted) return;
    }
    await this.carryOutAll(orderDirectives(asked));
    if (refused !== undefined) await this.refuseNonFinite(refused);
    if (this.isStepValidated) {
      this.validationDue = true;
      await this.validate();
    }
    if (this.snapshots?.isDue) await this.snapshot();
    this.noteSaveFailure();
  }

  private stepEvent(time: number, { size }: StepResult, rate: number): StepEvent {
    const { epoch, step, iterations, means } = this.progress;
    const logs = Object.freeze({ ...means, learning_rate: rate });
    return { type: 'step', time, epoch, step: step - 1, iterations, size, logs };
  }

  private async refuseNonFinite({ step, loss, isDealtWith }: RefusedStep): Promise<void> {
    if (this.goodWeights === undefined || isDealtWith || this.aborted) return;
    await this.learner.restore({ weights: this.goodWeights, slots: [] });
    throw new NonFiniteLossError(this.progress.epoch, step, loss);
  }

  private async endEpoch(): Promise<void> {
    const { progress, learningRate } = this;
    const { epoch, step: steps, iterations } = progress;
    const validationLogs = this.isEpochValidated ? await this.validate() : {};
    if (validationLogs === null) return;
    const logs = Object.freeze({ ...progress.means, ...validationLogs, learning_rate: learningRate });
    progress.logs = logs;
    await this.barrier({ type: 'epochEnd', time: Date.now(), epoch, steps, iterations, logs });
    progress.nextEpoch();
    if (this.options.stepsPerEpoch === undefined) progress.nextPass();
    await this.snapshot();
    this.noteSaveFailure();
  }

  private get isEpochValidated(): boolean {
    const { everyEpochs = 1 } = this.options.validation ?? {};
    return this.validationSource !== undefined && (this.progress.epoch + 1) % everyEpochs === 0;
  }

  /** Where the epoch's end is known to validate the same weights, once is enough. */
  private get isStepValidated(): boolean {
    const { everySteps } = this.options.validation ?? {};
    const { step } = this.progress;
    if (everySteps === undefined || step % everySteps !== 0) return false;
    return step !== this.stepsPerEpoch || !this.isEpochValidated;
  }

  /** Null where a stop or an abort cut it short. */
  private async validate(): Promise<Logs | null> {
    const { validationSource, options } = this;
    const { epoch, iterations } = this.progress;
    if (options.validation === undefined || validationSource === undefined || !this.goesOn) return null;
    const sums = new Accumulator(this.learner.metrics);
    const samples = epochSamples(validationSource, { seed: this.seed, epoch, shuffle: false });
    let batches = 0;
    const { through } = options.validation;
    const evaluate = async (batch: Batch): Promise<void> => {
      const result = await this.learner.evaluate(batch);
      for (const warning of result.warnings ?? []) this.warn(warning);
      sums.add(result);
      batches++;
    };
    await this.directives.seeingAverages(() => this.consume(samples, through, evaluate));
    if (!this.goesOn) return null;
    if (batches === 0) {
      throw new DataExhaustedError(`The validation set '${validationSource.name}' gave no batch. Is it empty?`);
    }
    this.validationDue = false;
    const logs = Object.fromEntries(Object.entries(sums.logs()).map(([name, value]) => [`val_${name}`, value]));
    await this.barrier({ type: 'validation', time: Date.now(), epoch, iterations, logs: Object.freeze(logs) });
    return logs;
  }

  private async consume<B>(
    source: Iterable<Sample> | AsyncIterable<Sample>,
    through: OperatorFunction<Sample, B>,
    work: (item: B) => Promise<void>,
  ): Promise<void> {
    const { halted, options } = this;
    if (this.goesOn) await consume({ source, through, work, ahead: options.ahead ?? 2, halted });
  }

  private async end(): Promise<void> {
    // Before the first step of an epoch, the state is that of the last epoch's end.
    const { epoch, step, iterations, logs } = this.progress;
    if (step > 0) await this.snapshot();
    await this.snapshots?.settled();
    this.noteSaveFailure();
    // What a snapshot holds goes on training; the model that the run leaves behind does not.
    await this.learner.finish?.();
    await this.barrier({
      type: 'trainEnd',
      time: Date.now(),
      epoch: Math.max(step > 0 ? epoch : epoch - 1, 0),
      iterations,
    });
    if (this.aborted) return;
    const { weights } = await this.learner.state();
    this.tell({
      type: 'runEnd',
      time: Date.now(),
      reason: this.stopReason ?? 'completed',
      epochs: epoch,
      iterations,
      logs,
      fingerprint: fingerprint(weights),
    });
  }

  private get learningRate(): number {
    return this.learningRateAt(this.progress.iterations);
  }

  private learningRateAt(iterations: number): number {
    return this.rate.of(this.learner.learningRate(iterations));
  }

  /** Emits an event and carries out what the controllers ask then. */
  private async barrier(event: TrainEvent): Promise<void> {
    await this.carryOutAll(this.show(event));
  }

  /** Emits an event and tells what the controllers ask then. */
  private show(event: TrainEvent): readonly Directive[] {
    this.emit(event);
    return this.controllers.next(event);
  }

  /** Emits an event that asks for no answer. */
  tell(event: TrainEvent): void {
    this.show(event);
  }

  private emit(event: TrainEvent): void {
    if (this.unbroken.includes(event)) this.events++;
    this.subscriber.next(Object.freeze(event));
  }

  private async carryOutAll(directives: readonly Directive[]): Promise<void> {
    for (const directive of directives) {
      if (this.aborted) return;
      await this.directives.carryOut(Object.freeze(directive));
    }
  }

  /** Copies the state; it is written while the run goes on. */
  private async snapshot(): Promise<void> {
    if (this.snapshots === undefined || this.aborted || this.events === this.savedEvents) return;
    await this.snapshots.save(async () => ({
      run: this.runState(),
      learner: await this.learner.state(),
      remembered: this.directives.remembered,
    }));
    this.savedEvents = this.events;
  }

  private runState(): RunState {
    return {
      ...this.progress.toState(),
      ...this.rate.toState(),
      seed: this.seed,
      epochs: this.options.epochs,
      events: this.events,
      stopped: this.directives.decided,
      policies: this.controllers.policyStates,
      onException: this.directives.onException,
      averages: this.directives.averages,
      validationDue: this.validationDue,
      setup: this.setup,
    };
  }

  private noteSaveFailure(): void {
    const failure = this.snapshots?.takeFailure();
    if (failure !== undefined) this.saveFailed(failure.error);
  }

  /** A full or read-only disk ends no training that its user wants to go on. Any other error does. */
  saveFailed(error: unknown): void {
    if (!isDiskError(error)) throw error;
    this.warn(saveWarning(error));
    if (this.options.onSaveError === 'stop') this.stop('checkpoint not saved');
  }

  warn({ code, message }: LearnerWarning): void {
    this.tell({ type: 'warning', time: Date.now(), code, message });
  }
}

const resumePoint = ({ epoch, step, iterations, events }: RunState): ResumePoint =>
  Object.freeze({ epoch, step, iterations, events });

/** A step whose loss isn't finite. */
interface RefusedStep {
  readonly step: number;
  readonly loss: number;
  /** A controller answered with a stop. */
  isDealtWith: boolean;
}

/** What `batch(…)` tells of itself, so that the number of steps is known before the first epoch. */
interface BatchCount {
  batchesOf(samples: number): number;
}
