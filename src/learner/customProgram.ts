import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkedResults } from '../graph/checkedResults.js';
import { inFloat32 } from '../graph/inFloat32.js';
import { tellNaN } from '../graph/tellNaN.js';
import { currentTracer } from '../graph/tracer.js';
import { uniqueName } from '../text/uniqueName.js';
import { checkRows } from './checkRows.js';
import { type CustomMetric, scalarOf } from './customMetric.js';
import type { ModelVariable } from './modelVariables.js';
import { PredictedOutputs, type PredictedTensors } from './predictedOutputs.js';
import type { BatchProgram, Examples, Fed, Inputs, InputsProgram, Program } from './program.js';
import { requireNumbers } from './requireNumbers.js';
import { packed } from './statistics.js';
import type { OptimizerUpdater } from './updater.js';
import { averagesOf, type NamedVariable, namedSlots, scratchOf } from './weightSlots.js';

/**
 * What a batch gives: its `loss`, a scalar, and of each metric the mean over the batch's examples, a scalar; of one with statistics of its
 * own these, `[size]`.
 */
export type StepLogs<Name extends string = string> = Readonly<Record<'loss' | Name, tf.Tensor>>;

/** The steps that a custom learner takes, written in tfjs operations only. */
export interface CustomSteps<Name extends string> {
  /** One update, by `updater.apply`. */
  readonly trainStep: (examples: Examples, fed: Fed) => StepLogs<Name>;
  /** How good the weights are, in inference mode. Default: the learner evaluates nothing, and so takes no validation data. */
  readonly testStep?: (examples: Examples) => StepLogs<Name>;
  /**
   * What `learner.predict` gives: `[rows, …]`, or several such by name, all of which its `aux` has; the first is the output itself.
   * Default: nothing can be predicted.
   *
   * @param x `[rows, …]`
   * @param auxInputs the further inputs given, by their names
   */
  readonly predictStep?: (x: tf.Tensor, auxInputs: Readonly<Record<string, tf.Tensor>>) => PredictedTensors;
}

export interface CustomProgramOptions {
  readonly steps: CustomSteps<string>;
  /** The rate of a step is that of the first; the others have their own. */
  readonly updaters: readonly OptimizerUpdater[];
  /** What the steps read or change beside what the updaters know. */
  readonly further: readonly ModelVariable[];
  /** Beside the loss, in the order of a step's statistics. */
  readonly metrics: readonly CustomMetric[];
}

/** Carries out steps that a user has written. */
export class CustomProgram implements Program {
  readonly weights: readonly ModelVariable[];
  readonly namedSlots: readonly NamedVariable[];
  readonly evaluates: boolean;
  /** By the names of the further inputs, on which it may depend what is predicted. */
  private readonly outputs = new Map<string, PredictedOutputs>();

  constructor(private readonly options: CustomProgramOptions) {
    const { updaters, further, steps } = options;
    this.evaluates = steps.testStep !== undefined;
    const names = new Set<string>();
    const all = new Map<tf.Variable, ModelVariable>();
    for (const weight of [...updaters.flatMap(({ all }) => all), ...further]) {
      if (all.has(weight.variable)) continue;
      all.set(weight.variable, { ...weight, name: uniqueName(weight.name, names) });
    }
    this.weights = [...all.values()];
    const own = ({ variable }: ModelVariable): ModelVariable => all.get(variable) as ModelVariable;
    const slotNames = new Set<string>();
    this.namedSlots = updaters
      .flatMap(({ updated, slots, iterations }) => [
        ...namedSlots(updated.map(own), slots),
        { name: 'updates/iterations', variable: iterations },
      ])
      .map(({ name, variable }) => ({ name: uniqueName(name, slotNames), variable }));
  }

  get averages(): ReadonlyMap<tf.Variable, tf.Variable> {
    return new Map(this.options.updaters.flatMap(({ updated, slots }) => [...averagesOf(updated, slots)]));
  }

  get variables(): readonly tf.Variable[] {
    const scratch = this.options.updaters.flatMap(({ slots }) => scratchOf(slots));
    return [...[...this.weights, ...this.namedSlots].map(({ variable }) => variable), ...scratch];
  }

  furtherRates(iterations: number): readonly number[] {
    return this.scheduled.map(({ schedule }) => schedule(iterations));
  }

  onBatch(): BatchProgram {
    const { trainStep, testStep } = this.options.steps;
    return {
      key: '',
      train: (examples, fed, furtherRates) => {
        const { updaters } = this.options;
        for (const updater of updaters) updater.wasApplied = false;
        const logs = this.inStep([fed.learningRate, ...furtherRates], () => trainStep(examples, fed));
        const result = this.pack('trainStep', logs, examples);
        if (currentTracer() !== undefined) requireUpdates(updaters);
        return result;
      },
      evaluate: examples => {
        if (testStep !== undefined) return this.pack('testStep', testStep(examples), examples);
        throw new InvalidArgumentError(
          "This learner can't evaluate, so it takes no validation data: give createCustomLearner a testStep.",
        );
      },
    };
  }

  onInputs({ x, aux }: Inputs<HostArray>): InputsProgram {
    const { predictStep } = this.options.steps;
    if (predictStep === undefined) {
      throw new InvalidArgumentError("This learner can't predict: give createCustomLearner a predictStep.");
    }
    const further = Object.entries(aux?.inputs ?? {});
    const names = further.map(([name]) => name);
    const inputs = [x, ...further.map(([, array]) => array)];
    checkRows(inputs, ['x', ...names]);
    const key = names.join();
    const outputs = this.outputs.get(key) ?? new PredictedOutputs();
    this.outputs.set(key, outputs);
    return {
      key,
      inputs,
      predict: ([x, ...others]) =>
        outputs.tensors(predictStep(x, Object.fromEntries(names.map((name, i) => [name, others[i]])))),
      output: arrays => outputs.output(arrays),
    };
  }

  dispose(): void {
    for (const updater of this.options.updaters) updater.dispose();
  }

  /** Updaters whose rate is fed beside the step's own. */
  private get scheduled() {
    return this.options.updaters.slice(1).flatMap(updater => {
      const { learningRate } = updater.optimizer;
      return typeof learningRate === 'number' ? [] : [{ updater, schedule: learningRate }];
    });
  }

  /** @param rates of the first updater, then of those that have a schedule */
  private inStep<T>(rates: readonly tf.Scalar[], work: () => T): T {
    const { updaters } = this.options;
    const fed = [updaters[0], ...this.scheduled.map(({ updater }) => updater)];
    for (const [i, updater] of fed.entries()) updater.rate = rates[i];
    for (const updater of updaters) updater.isInStep = true;
    try {
      return work();
    } finally {
      for (const updater of fed) updater.rate = undefined;
      for (const updater of updaters) updater.isInStep = false;
    }
  }

  private pack(step: keyof CustomSteps<string>, made: StepLogs, { x }: Examples): tf.Tensor1D {
    const { metrics } = this.options;
    const logs = checkedResults(made, step);
    checkNames(step, Object.keys(logs), ['loss', ...metrics.map(({ metric }) => metric.name)]);
    const loss = tellNaN(scalarOf(inFloats(logs.loss, step, 'loss'), step, 'loss'));
    const examples = x.shape[0];
    return packed(
      loss,
      metrics.map(({ metric: { name }, statistics }) => statistics(inFloats(logs[name], step, name), step, examples)),
    );
  }
}

/** Of counts and truth values, too. */
function inFloats(returned: tf.Tensor, step: string, name: string): tf.Tensor {
  requireNumbers(returned, step, name);
  return inFloat32(returned.dtype === 'float32' ? returned : tf.cast(returned, 'float32'));
}

/** A trace that leaves an updater out does so for ever; eager steps may take turns. */
function requireUpdates(updaters: readonly OptimizerUpdater[]): void {
  const idle = updaters.findIndex(({ wasApplied }) => !wasApplied);
  if (idle < 0) return;
  const which = updaters.length === 1 ? 'its updater' : `number ${idle} of its updaters`;
  throw new InvalidArgumentError(
    `trainStep doesn't use ${which}, so no step would train those weights: call updater.apply(gradients) in each step, or leave it out.`,
  );
}

function checkNames(step: string, returned: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.find(name => !returned.includes(name));
  const unknown = returned.find(name => !wanted.includes(name));
  if (missing === undefined && unknown === undefined) return;
  const what = missing === undefined ? `'${unknown}', which no metric is called` : `no '${missing}'`;
  throw new InvalidArgumentError(
    `${step} returned ${what}. It has to return 'loss' and what createCustomLearner's 'metrics' names: { ${wanted.join(', ')} }.`,
  );
}
