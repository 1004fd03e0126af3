import type { Directive } from '../../src/event/directive.js';
import type {
  CheckpointEvent,
  DirectiveEvent,
  EpochEnd,
  EpochStart,
  RunEnd,
  RunStart,
  StepEvent,
  TrainEnd,
  TrainEvent,
  ValidationEvent,
  WarningEvent,
} from '../../src/event/trainEvent.js';

/** The fields that a test cares about; the others get a default. */
type Given<Event extends TrainEvent> = Partial<Omit<Event, 'type'>>;

/** Frozen as the driver's own events are, so that a test finds who writes into one. */
function frozen<Event extends TrainEvent>(event: Event): Event {
  if ('logs' in event) Object.freeze(event.logs);
  return Object.freeze(event);
}

/** A run of ten epochs begins. */
export const runStart = (given: Given<RunStart> = {}): RunStart =>
  frozen({
    type: 'runStart',
    time: 0,
    seed: 1,
    epochs: 10,
    stepsPerEpoch: null,
    metrics: ['loss'],
    parameters: 1,
    backend: 'cpu',
    compiled: false,
    dtypePolicy: 'float32',
    resumedFrom: null,
    ...given,
  });

/** The first epoch begins. */
export const epochStart = (given: Given<EpochStart> = {}): EpochStart =>
  frozen({ type: 'epochStart', time: 0, epoch: 0, iterations: 0, learningRate: 0.001, ...given });

/** The first step of the first epoch; `iterations` follows `step` in it. */
export const stepEvent = (given: Given<StepEvent> = {}): StepEvent =>
  frozen({
    type: 'step',
    time: 0,
    epoch: 0,
    step: 0,
    iterations: (given.step ?? 0) + 1,
    size: 1,
    logs: { loss: 1, learning_rate: 0.001 },
    ...given,
  });

/** A validation at the first epoch's end. */
export const validationEvent = (given: Given<ValidationEvent> = {}): ValidationEvent =>
  frozen({ type: 'validation', time: 0, epoch: 0, iterations: 1, logs: { val_loss: 1 }, ...given });

/** End of the first epoch, of one step. */
export const epochEnd = (given: Given<EpochEnd> = {}): EpochEnd =>
  frozen({
    type: 'epochEnd',
    time: 0,
    epoch: 0,
    steps: 1,
    iterations: (given.epoch ?? 0) + 1,
    logs: { loss: 1, learning_rate: 0.001 },
    ...given,
  });

/** A checkpoint was written. */
export const checkpointEvent = (given: Given<CheckpointEvent> = {}): CheckpointEvent =>
  frozen({ type: 'checkpoint', time: 0, epoch: 0, iterations: 1, file: 'checkpoint', ...given });

/** A directive was carried out. */
export const directiveEvent = (directive: Directive, given: Given<DirectiveEvent> = {}): DirectiveEvent =>
  frozen({ type: 'directive', time: 0, epoch: 0, iterations: 1, directive: Object.freeze(directive), ...given });

/** A warning. */
export const warningEvent = (given: Given<WarningEvent> = {}): WarningEvent =>
  frozen({ type: 'warning', time: 0, code: 'test', message: 'A warning.', ...given });

/** The last step was taken. */
export const trainEnd = (given: Given<TrainEnd> = {}): TrainEnd =>
  frozen({ type: 'trainEnd', time: 0, epoch: 0, iterations: 1, ...given });

/** A run of one epoch has ended. */
export const runEnd = (given: Given<RunEnd> = {}): RunEnd =>
  frozen({
    type: 'runEnd',
    time: 0,
    reason: 'completed',
    epochs: 1,
    iterations: 1,
    logs: { loss: 1, learning_rate: 0.001 },
    fingerprint: '0',
    ...given,
  });
