import {
  from,
  lastValueFrom,
  type OperatorFunction,
  pipe,
  Subject,
  type Subscriber,
  take,
  takeUntil,
  takeWhile,
} from 'rxjs';
import { epochSamples } from '../operators/epochSamples.js';
import { paced } from '../operators/paced.js';
import type { Snapshot } from '../src/checkpoint/snapshot.js';
import type { Batch, Cursor } from '../src/data/batch.js';
import type { Sample } from '../src/data/sample.js';
import type { Source } from '../src/data/source.js';
import { GradstreamError } from '../src/error/gradstreamError.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import type { Directive } from '../src/event/directive.js';
import type { Logs, TrainEvent } from '../src/event/trainEvent.js';
import { fingerprint } from '../src/learner/fingerprint.js';
import type { Learner, NamedArray } from '../src/learner/learner.js';
import { NonFiniteLossError } from '../src/learner/nonFiniteLossError.js';
import { Accumulator } from '../src/metrics/accumulator.js';
import { directRate, INITIAL_RATE_STATE, type RateState, rateOf } from '../src/policy/rateState.js';
import { drawSeed } from '../src/random/drawSeed.js';
import { Controllers } from './controllers.js';
import { resolveLazy } from './lazy.js';
import type { TrainOptions } from './train.js';

/** An epoch gave no batch, or fewer than it was asked for. */
export class DataExhaustedError extends GradstreamError {}

/**
 * One run of `train`: the only place where the loop from batches over steps, events and controllers back to the next step
 * is closed. At each barrier (after a step, a validation, an epoch) it emits the event, folds it through the controllers and
 * carries out what they ask before it goes on.
 */
export class TrainingRun {
  private readonly aborted = new Subject<void>();
  private abortedAlready = false;
  private learner!: Learner;
  private source!: Source;
  private validationSource: Source | undefined;
  private controllers!: Controllers;
  private sums!: Accumulator;
  private seed = 0;
  private cursor: Cursor = { epoch: 0, position: 0 };
  /** Steps taken in the running epoch. */
  private step = 0;
  private iterations = 0;
  private rate: RateState = INITIAL_RATE_STATE;
  /** Logs of the last whole epoch. */
  private logs: Logs = {};
  private remembered: Record<string, readonly NamedArray[]> = {};
  private goodWeights: readonly NamedArray[] | undefined;
  private stopReason: string | undefined;
  private lastSnapshot = Date.now();

  constructor(
    private readonly options: TrainOptions,
    private readonly subscriber: Subscriber<TrainEvent>,
  ) {}

  /** Unsubscribing: no further step; what runs natively is waited for before anything is freed. */
  abort(): void {
    this.abortedAlready = true;
    this.aborted.next();
  }

  async run(): Promise<void> {
    const { stopOn } = this.options;
    const stopping = stopOn === undefined ? undefined : from(stopOn).subscribe(reason => this.stop(reason));
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.begin();
      while (this.goesOn && this.cursor.epoch < this.options.epochs) await this.epoch();
      if (!this.abortedAlready) await this.end();
    } catch (error) {
      failure = { error };
    }
    stopping?.unsubscribe();
    this.controllers?.dispose();
    // A learner that was handed over ready-made stays the caller's.
    if (typeof this.options.learner === 'function') await this.learner?.dispose();
    if (failure === undefined) this.subscriber.complete();
    else this.subscriber.error(failure.error);
  }

  private get goesOn(): boolean {
    return this.stopReason === undefined && !this.abortedAlready;
  }

  private stop(reason: string): void {
    this.stopReason ??= reason;
  }

  private async begin(): Promise<void> {
    const { options } = this;
    const snapshot = options.resume ? await options.snapshots?.latest() : null;
    this.source = await resolveLazy(options.data.source);
    this.validationSource = options.validation && (await resolveLazy(options.validation.source));
    this.learner = await resolveLazy(options.learner);
    this.seed = snapshot?.run.seed ?? options.seed ?? drawSeed();
    this.controllers = new Controllers(options.controllers ?? [], snapshot?.run.policies);
    this.sums = new Accumulator(this.learner.metrics);
    if (snapshot != null) await this.restore(snapshot);
    await this.barrier({
      type: 'runStart',
      time: Date.now(),
      seed: this.seed,
      epochs: options.epochs,
      stepsPerEpoch: this.stepsPerEpoch,
      metrics: this.logNames,
      parameters: this.learner.parameters,
      backend: this.learner.backend,
      compiled: this.learner.compiled,
      resumedFrom: snapshot == null ? null : this.cursor,
    });
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

  private async restore({ run, learner, remembered }: Snapshot): Promise<void> {
    this.cursor = run.cursor;
    this.step = run.step;
    this.iterations = run.iterations;
    this.rate = run.rate;
    this.logs = run.logs;
    this.remembered = { ...remembered };
    this.sums = new Accumulator(this.learner.metrics, run.sums);
    await this.learner.restore(learner);
  }

  private async epoch(): Promise<void> {
    const { epoch, position } = this.cursor;
    if (position === 0) await this.beginEpoch(epoch);
    if (!this.goesOn) return;
    if (this.options.onNonFinite !== 'continue') this.goodWeights = (await this.learner.state()).weights;
    await this.consume(this.samples(epoch, position), this.trainingBatches, batch => this.trainOn(batch));
    if (!this.goesOn) return;
    this.checkEpoch(epoch);
    await this.endEpoch(epoch);
  }

  private async beginEpoch(epoch: number): Promise<void> {
    const { iterations } = this;
    await this.barrier({ type: 'epochStart', time: Date.now(), epoch, iterations, learningRate: this.learningRate });
  }

  private checkEpoch(epoch: number): void {
    const { stepsPerEpoch } = this.options;
    if (this.step > 0 && (stepsPerEpoch === undefined || this.step === stepsPerEpoch)) return;
    throw new DataExhaustedError(
      `Epoch ${epoch} of '${this.source.name}' had ${this.step} batches; ` +
        (stepsPerEpoch === undefined
          ? 'at least one is needed. Is the source empty, or the batch larger than the set and its remainder dropped?'
          : `'stepsPerEpoch' asks for ${stepsPerEpoch}. Give a smaller number, or a source that goes on.`),
    );
  }

  private async endEpoch(epoch: number): Promise<void> {
    const steps = this.step;
    const learningRate = this.learningRate;
    const everyEpochs = this.options.validation?.everyEpochs ?? 1;
    const validated = this.validationSource !== undefined && (epoch + 1) % everyEpochs === 0;
    const validationLogs = validated ? await this.validate(epoch) : {};
    if (validationLogs === null) return;
    this.logs = Object.freeze({ ...this.sums.logs(), ...validationLogs, learning_rate: learningRate });
    this.cursor = { epoch: epoch + 1, position: 0 };
    this.step = 0;
    this.sums.reset();
    await this.barrier({
      type: 'epochEnd',
      time: Date.now(),
      epoch,
      steps,
      iterations: this.iterations,
      logs: this.logs,
    });
    await this.snapshot(epoch);
  }

  private samples(epoch: number, position: number): Iterable<Sample> | AsyncIterable<Sample> {
    const shuffle = this.options.data.shuffle ?? true;
    return epochSamples(this.source, { seed: this.seed, epoch, position, shuffle });
  }

  /** The caller's operators; where the epoch's length is given they end it, so that no sample is drawn in vain. */
  private get trainingBatches(): OperatorFunction<Sample, Batch> {
    const { stepsPerEpoch, data } = this.options;
    return stepsPerEpoch === undefined ? data.through : pipe(data.through, take(stepsPerEpoch - this.step));
  }

  private async trainOn(batch: Batch): Promise<void> {
    const learningRate = this.learningRate;
    const { epoch } = this.cursor;
    const result = await this.learner.step(batch, { learningRate, iterations: this.iterations });
    if (this.abortedAlready) return;
    this.sums.add(result);
    const step = this.step++;
    this.iterations++;
    this.cursor = batch.cursor;
    await this.barrier({
      type: 'step',
      time: Date.now(),
      epoch,
      step,
      iterations: this.iterations,
      size: result.size,
      logs: Object.freeze({ ...this.sums.logs(), learning_rate: learningRate }),
    });
    if (!Number.isFinite(result.loss)) await this.refuseNonFinite(epoch, step, result.loss);
    const everySteps = this.options.validation?.everySteps;
    if (everySteps !== undefined && this.step % everySteps === 0) await this.validate(epoch);
    if (Date.now() - this.lastSnapshot >= (this.options.snapshotEveryMs ?? 30_000)) await this.snapshot(epoch);
  }

  /** A controller that answered with a stop has dealt with it. */
  private async refuseNonFinite(epoch: number, step: number, loss: number): Promise<void> {
    if (this.goodWeights === undefined || !this.goesOn) return;
    await this.learner.restore({ weights: this.goodWeights, slots: [] });
    throw new NonFiniteLossError(epoch, step, loss);
  }

  /** Null where a stop or an abort cut it short. */
  private async validate(epoch: number): Promise<Logs | null> {
    const { validationSource, options } = this;
    if (options.validation === undefined || validationSource === undefined) return {};
    const sums = new Accumulator(this.learner.metrics);
    const samples = epochSamples(validationSource, { seed: this.seed, epoch, position: 0, shuffle: false });
    await this.consume(samples, options.validation.through, async batch => {
      const result = await this.learner.evaluate(batch);
      sums.add(result);
    });
    if (!this.goesOn) return null;
    const logs = Object.freeze(
      Object.fromEntries(Object.entries(sums.logs()).map(([name, value]) => [`val_${name}`, value])),
    );
    await this.barrier({ type: 'validation', time: Date.now(), epoch, iterations: this.iterations, logs });
    return logs;
  }

  /** Lets `work` have one batch after the other until they end, a stop is asked for, or the run is aborted. */
  private async consume(
    source: Iterable<Sample> | AsyncIterable<Sample>,
    through: OperatorFunction<Sample, Batch>,
    work: (batch: Batch) => Promise<void>,
  ): Promise<void> {
    const steps = paced({ source, through, consume: work, ahead: this.options.ahead ?? 2 });
    await lastValueFrom(
      steps.pipe(
        takeWhile(() => this.goesOn),
        takeUntil(this.aborted),
      ),
      { defaultValue: undefined },
    );
  }

  private async end(): Promise<void> {
    const { iterations } = this;
    const epochs = this.cursor.epoch;
    if (this.cursor.position > 0) await this.snapshot(epochs);
    await this.barrier({
      type: 'trainEnd',
      time: Date.now(),
      epoch: Math.max(this.step > 0 ? epochs : epochs - 1, 0),
      iterations,
    });
    const { weights } = await this.learner.state();
    await this.barrier({
      type: 'runEnd',
      time: Date.now(),
      reason: this.stopReason ?? 'completed',
      epochs,
      iterations,
      logs: this.logs,
      fingerprint: fingerprint(weights),
    });
  }

  private get learningRate(): number {
    return Math.fround(rateOf(this.rate, this.learner.learningRate(this.iterations)));
  }

  private async barrier(event: TrainEvent): Promise<void> {
    this.subscriber.next(Object.freeze(event));
    const directives = this.controllers.next(event);
    for (const directive of directives) await this.carryOut(directive);
  }

  private async carryOut(directive: Directive): Promise<void> {
    switch (directive.type) {
      case 'saveCheckpoint':
        await this.save(directive);
        break;
      case 'remember':
        this.remembered[directive.weights] = (await this.learner.state()).weights;
        break;
      case 'restore':
        await this.restoreRemembered(directive.weights);
        break;
      case 'setLearningRate':
      case 'scaleLearningRate':
        this.rate = directRate(this.rate, directive);
        break;
      case 'useAverages':
        throw new InvalidArgumentError(
          `'${directive.by}' asks for averaged weights, which this learner does not keep.`,
        );
      case 'stop':
        this.stop(directive.reason);
        break;
    }
    const { iterations } = this;
    this.subscriber.next(
      Object.freeze({ type: 'directive', time: Date.now(), epoch: this.cursor.epoch, iterations, directive }),
    );
  }

  private async restoreRemembered(name: string): Promise<void> {
    const weights = this.remembered[name];
    if (weights === undefined) return;
    await this.learner.restore({ weights, slots: [] });
  }

  private async save({ file, weightsOnly = false, by }: Extract<Directive, { type: 'saveCheckpoint' }>): Promise<void> {
    const epoch = this.cursor.epoch;
    if (file === undefined) return this.snapshot(epoch);
    const { saveModel } = this.options;
    if (saveModel === undefined) {
      throw new InvalidArgumentError(`'${by}' asks to save the model to ${file}. Give train() the option 'saveModel'.`);
    }
    await saveModel(file, this.learner, { weightsOnly });
    this.emitCheckpoint(epoch, file);
  }

  private async snapshot(epoch: number): Promise<void> {
    const { snapshots } = this.options;
    if (snapshots === undefined || this.abortedAlready) return;
    const file = await snapshots.save({
      run: {
        seed: this.seed,
        cursor: this.cursor,
        step: this.step,
        iterations: this.iterations,
        sums: this.sums.state(),
        rate: this.rate,
        policies: this.controllers.policyStates,
        logs: this.logs,
        config: this.options.config ?? null,
      },
      learner: await this.learner.state(),
      remembered: this.remembered,
    });
    this.lastSnapshot = Date.now();
    this.emitCheckpoint(epoch, file);
  }

  private emitCheckpoint(epoch: number, file: string): void {
    this.subscriber.next(
      Object.freeze({ type: 'checkpoint', time: Date.now(), epoch, iterations: this.iterations, file }),
    );
  }
}

/** What `batch(…)` tells of itself, so that the number of steps is known before the first epoch. */
interface BatchCount {
  batchesOf(samples: number): number;
}
