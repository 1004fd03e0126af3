import type { Directive } from '../../src/event/directive.js';
import type { Logs, TrainEvent } from '../../src/event/trainEvent.js';
import { checkKeys } from '../../src/policy/checkKeys.js';
import { foldPolicies, initialStates, type PolicyStates } from '../../src/policy/foldPolicies.js';
import type { Policy } from '../../src/policy/policy.js';
import { directRate, INITIAL_RATE_STATE, rateOf } from '../../src/policy/rateState.js';

export interface DriveOptions {
  readonly policies: readonly Policy[];
  /** Logs of each epoch's end; `learning_rate` is put in. */
  readonly epochs: readonly Logs[];
  /** Logs after each step of an epoch. Default: no steps. */
  readonly steps?: (epoch: number) => readonly Logs[];
  /** The optimizer's own rate. Default: 0.001. */
  readonly initialRate?: number;
}

/** Something that a controller asked for, and when: `step` is null at an epoch's end and outside of epochs. */
export interface Asked {
  readonly epoch: number;
  readonly step: number | null;
  readonly directive: Directive;
}

export interface Driven {
  readonly asked: readonly Asked[];
  /** Epochs that were begun. */
  readonly epochsRun: number;
  readonly stopped: boolean;
  readonly ratesDuringEpoch: readonly number[];
  readonly ratesAfterEpoch: readonly number[];
  /** Number, counted from 1, of the epoch whose weights the model has at the end. */
  readonly weightsOfEpoch: number;
  readonly states: PolicyStates;
}

/**
 * A run without a model: folds a run's events through the policies as the driver of `train` does, in the same order, and
 * carries out what they ask for on numbers alone. Rates are kept in float32, as an optimizer of Keras does.
 */
export function drive({ policies, epochs, steps = () => [], initialRate = 1e-3 }: DriveOptions): Driven {
  checkKeys(policies);
  const asked: Asked[] = [];
  const ratesDuringEpoch: number[] = [];
  const ratesAfterEpoch: number[] = [];
  const remembered = new Map<string, number>();
  let states = initialStates(policies);
  let rateState = INITIAL_RATE_STATE;
  let weightsOfEpoch = 0;
  let iterations = 0;
  let stopped = false;

  const rate = (): number => Math.fround(rateOf(rateState, initialRate));

  function carryOut(directive: Directive): void {
    switch (directive.type) {
      case 'setLearningRate':
      case 'scaleLearningRate':
        rateState = directRate(rateState, directive);
        break;
      case 'remember':
        remembered.set(directive.weights, weightsOfEpoch);
        break;
      case 'restore':
        weightsOfEpoch = remembered.get(directive.weights) ?? weightsOfEpoch;
        break;
      case 'stop':
        stopped = true;
        break;
      default:
    }
  }

  function barrier(event: TrainEvent, epoch: number, step: number | null = null): void {
    const [next, directives] = foldPolicies(policies, states, event);
    states = next;
    for (const directive of directives) {
      asked.push({ epoch, step, directive });
      carryOut(directive);
    }
  }

  const time = 0;
  const names = [...new Set(epochs.flatMap(logs => Object.keys(logs))), 'learning_rate'];
  barrier({ ...RUN_START, epochs: epochs.length, metrics: names }, 0);
  let epoch = 0;
  for (; epoch < epochs.length && !stopped; epoch++) {
    barrier({ type: 'epochStart', time, epoch, iterations, learningRate: rate() }, epoch);
    ratesDuringEpoch.push(rate());
    weightsOfEpoch = epoch + 1;
    let step = 0;
    for (const logs of steps(epoch)) {
      iterations++;
      barrier({ type: 'step', time, epoch, step, iterations, size: 1, logs }, epoch, step++);
      if (stopped) break;
    }
    const logs = { ...epochs[epoch], learning_rate: rate() };
    barrier({ type: 'epochEnd', time, epoch, steps: step, iterations, logs }, epoch);
    ratesAfterEpoch.push(rate());
  }
  barrier({ type: 'trainEnd', time, epoch: Math.max(0, epoch - 1), iterations }, epoch);
  return { asked, epochsRun: epoch, stopped, ratesDuringEpoch, ratesAfterEpoch, weightsOfEpoch, states };
}

const RUN_START = {
  type: 'runStart',
  time: 0,
  seed: 0,
  stepsPerEpoch: null,
  parameters: 0,
  backend: 'none',
  compiled: false,
  dtypePolicy: 'float32',
  resumedFrom: null,
} as const;
