import type { RunState } from '../../src/checkpoint/snapshot.js';
import type { TrainOptions } from '../train.js';
import type { RunParts } from './openRun.js';

/** The plain part of a snapshot of a run as it is now. */
export function runState({ epochs }: TrainOptions, parts: RunParts): RunState {
  const { progress, rate, seed, events, directives, controllers, validation, setup } = parts;
  return {
    ...progress.toState(),
    ...rate.toState(),
    seed,
    epochs,
    events: events.count,
    stopped: directives.decided,
    policies: controllers.policyStates,
    onException: directives.onException,
    averages: directives.averages,
    validationDue: validation?.isDue ?? false,
    setup,
  };
}
