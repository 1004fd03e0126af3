import type { Subscriber } from 'rxjs';
import type { RunState, Snapshot } from '../../src/checkpoint/snapshot.js';
import type { TrainEvent } from '../../src/event/trainEvent.js';
import { drawSeed } from '../../src/random/drawSeed.js';
import type { Json } from '../../src/text/json.js';
import type { TrainOptions } from '../train.js';
import { batchesOfPass } from '../trainingSamples.js';
import { Controllers } from './controllers.js';
import { LossGuard } from './lossGuard.js';
import { RunCalls } from './runCalls.js';
import { RunDirectives } from './runDirectives.js';
import { RunEvents } from './runEvents.js';
import { openInputs, type RunInputs } from './runInputs.js';
import type { RunLifetime } from './runLifetime.js';
import { RunProgress } from './runProgress.js';
import { RunRate } from './runRate.js';
import { requireSameArrays, requireSameRun, runSetup } from './runSetup.js';
import { RunValidation } from './runValidation.js';
import { SaveFailures } from './saveFailures.js';

/** Where a run goes on, without the weights of the snapshot: these would stay in memory as long as the run. */
export interface Resumption {
  readonly run: RunState;
  /** Newer snapshots that were passed over, and why. */
  readonly damaged: readonly string[];
}

/** All that one run is made of. */
export interface RunParts extends Pick<RunInputs, 'snapshots' | 'source' | 'learner'> {
  /** Null for a run from the beginning. */
  readonly resumption: Resumption | null;
  readonly setup: Json;
  readonly seed: number;
  /** Steps of an epoch where they are known before it has ended. */
  readonly stepsPerEpoch: number | null;
  readonly progress: RunProgress;
  readonly calls: RunCalls;
  readonly controllers: Controllers;
  readonly events: RunEvents;
  readonly rate: RunRate;
  readonly lossGuard: LossGuard;
  readonly saveFailures: SaveFailures;
  readonly directives: RunDirectives;
  readonly validation: RunValidation | undefined;
}

/** Makes a run ready for its first event; undefined where it was aborted or has failed meanwhile. */
export async function openRun(
  options: TrainOptions,
  lifetime: RunLifetime,
  subscriber: Subscriber<TrainEvent>,
): Promise<RunParts | undefined> {
  const inputs = await openInputs(options, lifetime);
  if (inputs === undefined) return;
  const { found, source, validationSource, learner, snapshots } = inputs;
  const stepsPerEpoch = options.stepsPerEpoch ?? batchesOfPass(source, options.data.through);
  const setup = runSetup({ ...inputs, options, stepsPerEpoch });
  const snapshot = found?.snapshot;
  const run = snapshot?.run;
  if (run !== undefined) requireSameRun(run, setup, options);

  const controllers = new Controllers(options.controllers ?? [], run?.policies);
  lifetime.onEnd(() => controllers.dispose());
  const { onNonFinite, onSaveError, saveModel } = options;
  const seed = run?.seed ?? options.seed ?? drawSeed();
  const progress = new RunProgress(learner.metrics, run, options.iterations ?? learner.iterations);
  const calls = new RunCalls(options);
  const events = new RunEvents(subscriber, controllers, run?.events ?? 0);
  const rate = new RunRate(run?.rate, run?.rateWriters);
  const lossGuard = new LossGuard(learner, onNonFinite !== 'continue', snapshot?.learner.weights);
  const saveFailures = new SaveFailures(events, lifetime, onSaveError);
  const shared = { learner, progress, events, lifetime };
  const directives = new RunDirectives({ ...shared, rate, snapshots, saveFailures, saveModel }, snapshot);
  const validation =
    options.validation &&
    validationSource &&
    new RunValidation(
      { ...shared, options: options.validation, source: validationSource, seed, stepsPerEpoch, directives },
      run?.validationDue ?? false,
    );

  if (snapshot !== undefined) {
    // Who asks for more epochs than before wants to go on in spite of it.
    const { stopped, epochs } = snapshot.run;
    if (stopped !== null && options.epochs <= epochs) directives.decide(stopped);
    await restore(snapshot, inputs);
  }
  if (lifetime.isCutShort) return;
  const resumption = found && { run: found.snapshot.run, damaged: found.damaged };
  const own = { resumption, setup, seed, stepsPerEpoch, progress, calls, controllers, events, rate };
  return { snapshots, source, learner, ...own, lossGuard, saveFailures, directives, validation };
}

async function restore({ run, learner: state }: Snapshot, { learner, snapshots }: RunInputs): Promise<void> {
  requireSameArrays(state, await learner.state());
  if (snapshots !== undefined) snapshots.savedEvents = run.events;
  await learner.restore({ ...state, iterations: run.iterations });
}
