import { differences } from '../../src/checkpoint/differences.js';
import type { RunState } from '../../src/checkpoint/snapshot.js';
import type { Source } from '../../src/data/source.js';
import { ResumeMismatchError } from '../../src/error/resumeMismatchError.js';
import type { Learner, LearnerState, LearnerWarning } from '../../src/learner/learner.js';
import type { PolicyStates } from '../../src/policy/foldPolicies.js';
import type { Json } from '../../src/text/json.js';
import type { TrainOptions } from '../train.js';

interface SetupParts {
  readonly options: TrainOptions;
  readonly source: Source;
  readonly validationSource: Source | undefined;
  readonly learner: Learner;
  readonly stepsPerEpoch: number | null;
}

/** What the run was asked to do, as far as its result depends on it and plain data can tell. */
export function runSetup({ options, source, validationSource, learner, stepsPerEpoch }: SetupParts): Json {
  const { data, validation, config = null } = options;
  return {
    config,
    data: { ...describe(source), shuffle: data.shuffle ?? true },
    stepsPerEpoch,
    validation: validationSource === undefined ? null : describe(validationSource),
    validateEverySteps: validation?.everySteps ?? null,
    validateEveryEpochs: validation === undefined ? null : (validation.everyEpochs ?? 1),
    metrics: learner.metrics.map(({ name }) => name),
    parameters: learner.parameters,
  };
}

const describe = (source: Source): { readonly [name: string]: Json } => ({
  source: source.name,
  rows: source.kind === 'stream' ? null : source.size,
  inputShape: source.inputShape,
});

/** @throws ResumeMismatchError where the snapshot is of another run than the one that is to go on */
export function requireSameRun(run: RunState, setup: Json, { seed, epochs }: TrainOptions): void {
  const found = [
    ...(seed === undefined || seed === run.seed ? [] : [`seed was ${run.seed}, is ${seed}.`]),
    ...differences(run.setup, setup),
    ...(epochs > run.epoch || (epochs === run.epoch && run.step === 0)
      ? []
      : [`epochs is ${epochs}, but the checkpoint is in epoch ${run.epoch + 1} already.`]),
  ];
  if (found.length > 0) throw new ResumeMismatchError(found);
}

/** @throws ResumeMismatchError where the snapshot is of another model or optimizer */
export function requireSameArrays(saved: LearnerState, now: LearnerState): void {
  const found = differences(shapesOf(inNamesOf(now, saved)), shapesOf(now));
  if (found.length === 0) return;
  const [shown, rest] = [found.slice(0, 5), found.length - 5];
  throw new ResumeMismatchError(rest > 0 ? [...shown, `and ${rest} more.`] : shown);
}

/** Weights correspond by place: tfjs numbers its layers anew for each model of a process. */
function inNamesOf({ weights }: LearnerState, saved: LearnerState): LearnerState {
  if (weights.length !== saved.weights.length) return saved;
  const names = new Map(saved.weights.map(({ name }, i) => [name, weights[i].name]));
  const ofSlot = (name: string): string => {
    const end = name.lastIndexOf('/');
    return `${names.get(name.slice(0, end)) ?? name.slice(0, end)}${name.slice(end)}`;
  };
  return {
    weights: saved.weights.map((weight, i) => ({ ...weight, name: weights[i].name })),
    slots: saved.slots.map(slot => ({ ...slot, name: ofSlot(slot.name) })),
  };
}

const shapesOf = ({ weights, slots }: LearnerState): Json => ({
  weights: Object.fromEntries(weights.map(({ name, shape }) => [name, shape])),
  slots: Object.fromEntries(slots.map(({ name, shape }) => [name, shape])),
});

interface ControllerChanges {
  /** Keys of policies that are no longer there. */
  readonly gone: readonly string[];
  /** Undefined where the policies are the same. */
  readonly warning: LearnerWarning | undefined;
}

/** With which other policies than before the run goes on. */
export function controllerChanges(before: PolicyStates, now: PolicyStates): ControllerChanges {
  const [old, current] = [Object.keys(before), Object.keys(now)];
  const gone = old.filter(key => !current.includes(key));
  const changes = [
    ...current.filter(key => !old.includes(key)).map(key => `'${key}' is new and begins afresh`),
    ...gone.map(key => `'${key}' is no longer there`),
  ];
  if (changes.length === 0) return { gone, warning: undefined };
  const message = `The run goes on with other controllers than before: ${changes.join(', ')}.`;
  return { gone, warning: { code: 'other-controllers', message } };
}
