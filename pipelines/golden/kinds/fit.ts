import { type HostArray, sizeOf } from '../../../src/array/hostArray.js';
import type { Batch } from '../../../src/data/batch.js';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { Learner, NamedArray } from '../../../src/learner/learner.js';
import { type ModelVariable, modelVariables } from '../../../src/learner/modelVariables.js';
import { lossFromConfig } from '../../../src/loss/lossFromConfig.js';
import { Accumulator } from '../../../src/metrics/accumulator.js';
import { metricFromConfig } from '../../../src/metrics/metricFromConfig.js';
import { AVERAGE_SLOT } from '../../../src/optimizer/ema.js';
import { optimizerFromConfig } from '../../../src/optimizer/optimizerFromConfig.js';
import { savedLayers } from '../../../src/saving/keras/savedLayers.js';
import { type Comparison, compareArray, compareEqual, compareNumbers, failure } from '../comparison.js';
import type { GoldenCase } from '../goldenCase.js';
import { type GivenWeight, type LayeredModel, layeredModel } from '../layeredModel.js';
import type { Runner } from '../runner.js';
import type { Tolerance } from '../tolerance.js';

interface KerasThing {
  readonly class: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

interface Data {
  readonly x: SafetensorsArray;
  readonly y: SafetensorsArray;
  readonly sample_weight?: SafetensorsArray | null;
}

interface Given extends Data {
  readonly model: LayeredModel;
  readonly weights: readonly GivenWeight[];
  readonly batch_size: number;
  readonly epochs: number;
  readonly optimizer: KerasThing;
  readonly loss: KerasThing;
  readonly metrics: readonly (KerasThing | string)[];
  readonly weighted_metrics: readonly (KerasThing | string)[];
  readonly class_weight?: Readonly<Record<number, number>> | null;
  readonly validation?: Data | null;
}

/** A metric of one value for each output is a list of one in Keras. */
type History = Readonly<Record<string, readonly (number | readonly number[])[]>>;

interface Expect {
  readonly history: History;
  readonly weights: readonly SafetensorsArray[];
  readonly iterations: number;
  readonly slots: readonly { readonly name: string; readonly value: SafetensorsArray }[];
  readonly predictions: SafetensorsArray;
}

interface Tolerances {
  readonly history: Tolerance;
  readonly slots: { readonly of_largest: number };
}

/** Kind `fit`: a training of Keras, repeated compiled and eagerly. */
export const fit: Runner = async golden => [
  ...(await compareTraining(golden, 'compiled')),
  ...(await compareTraining(golden, 'eager')),
];

async function compareTraining(golden: GoldenCase, how: 'compiled' | 'eager'): Promise<Comparison[]> {
  const given = golden.given as Given;
  const model = await layeredModel(given.model, given.weights);
  const learner = createLearner({
    ...learnerOptions(given, model.outputs[0].shape.slice(1) as number[]),
    model,
    compile: how === 'compiled',
  });
  try {
    const { history, iterations } = await train(learner, given);
    const predictions = await learner.predict(rows(given.x, 0, 4));
    const state = await learner.state();
    const names = kerasNames(given.weights, state.weights);
    await learner.dispose();
    const weights = savedLayers(model).flatMap(layer => layer.weights);
    const expect = golden.expect as Expect;
    const { tolerance } = golden;
    const { history: historyTolerance, slots: slotTolerance } = tolerance as unknown as Tolerances;
    return [
      compareEqual(`${how} names in history`, Object.keys(history).sort(), Object.keys(expect.history).sort()),
      compareEqual(`${how} number of weights`, weights.length, expect.weights.length),
      ...Object.entries(expect.history).map(([name, values]) =>
        compareNumbers(`${how} history.${name}`, history[name] ?? [], values.flat(), historyTolerance),
      ),
      ...expect.weights.map((value, i) =>
        compareArray(
          `${how} weights[${i}]`,
          { shape: weights[i].shape, data: weights[i].variable.dataSync() as Float32Array },
          value,
          tolerance,
        ),
      ),
      compareArray(`${how} predictions`, predictions, expect.predictions, tolerance),
      compareEqual(`${how} iterations`, Math.floor(iterations / accumulated(given)), expect.iterations),
      ...compareSlots(how, state.slots, modelVariables(model), names, expect.slots, slotTolerance.of_largest),
    ];
  } finally {
    await learner.dispose();
    model.dispose();
  }
}

/** Keras counts an update of several batches once. */
const accumulated = ({ optimizer }: Given): number => Number(optimizer.parameters.gradient_accumulation_steps ?? 1);

function learnerOptions(given: Given, outputShape: readonly number[]) {
  const loss = lossFromConfig(given.loss.class, given.loss.parameters);
  const metrics = (list: Given['metrics']) =>
    list.map(metric =>
      typeof metric === 'string' ? metric : metricFromConfig(metric.class, metric.parameters, { loss, outputShape }),
    );
  return {
    optimizer: optimizerFromConfig(given.optimizer.class, given.optimizer.parameters),
    loss,
    metrics: metrics(given.metrics),
    weightedMetrics: metrics(given.weighted_metrics),
    ...(given.class_weight == null ? {} : { classWeight: given.class_weight }),
  };
}

async function train(
  learner: Learner,
  given: Given,
): Promise<{ history: Record<string, number[]>; iterations: number }> {
  const history: Record<string, number[]> = {};
  const log = (sums: Accumulator, prefix: string): void => {
    for (const [name, value] of Object.entries(sums.logs())) {
      history[prefix + name] ??= [];
      history[prefix + name].push(value as number);
    }
    sums.reset();
  };
  const sums = new Accumulator(learner.metrics);
  let iterations = 0;
  for (let epoch = 0; epoch < given.epochs; epoch++) {
    for (const batch of batches(given, given.batch_size, epoch)) {
      sums.add(await learner.step(batch, { learningRate: learner.learningRate(iterations), iterations }));
      iterations++;
    }
    log(sums, '');
    if (given.validation == null) continue;
    for (const batch of batches(given.validation, given.batch_size, epoch)) sums.add(await learner.evaluate(batch));
    log(sums, 'val_');
  }
  await learner.finish?.();
  return { history, iterations };
}

function* batches({ x, y, sample_weight }: Data, batchSize: number, epoch: number): Generator<Batch> {
  const [count] = x.shape;
  for (let from = 0; from < count; from += batchSize) {
    const to = Math.min(from + batchSize, count);
    yield {
      kind: 'values',
      x: rows(x, from, to),
      y: rows(y, from, to),
      ...(sample_weight == null ? {} : { sampleWeight: rows(sample_weight, from, to).data as Float32Array }),
      epoch,
      size: to - from,
      seed: 0,
      cursor: { epoch, position: to },
    };
  }
}

/** Whole numbers stay so: they are classes. */
function rows({ data, shape: [, ...rest], dtype }: SafetensorsArray, from: number, to: number): HostArray {
  const row = sizeOf(rest);
  const numbers = Array.from(data.subarray(from * row, to * row) as ArrayLike<number | bigint>, Number);
  return {
    data: dtype.startsWith('F') ? Float32Array.from(numbers) : Int32Array.from(numbers),
    shape: [to - from, ...rest],
  };
}

/** Keras's prefix of a slot's name, by ours of the weight: `layer_0_kernel` by `layer_0/kernel`. */
const kerasNames = (given: readonly GivenWeight[], weights: readonly NamedArray[]): ReadonlyMap<string, string> =>
  new Map(weights.map(({ name }, i) => [name, `${given[i].layer}_${given[i].name}`]));

/**
 * Each slot by the largest value of its own, as the cases ask. Of weights whose gradient is 0 (a bias before batch
 * normalisation) a learner has none, unless a weight decay needs them, and Keras has rounding noise.
 */
function compareSlots(
  how: string,
  slots: readonly NamedArray[],
  weights: readonly ModelVariable[],
  names: ReadonlyMap<string, string>,
  expected: Expect['slots'],
  ofLargest: number,
): Comparison[] {
  const leftOut = weights.filter(({ hasGradient }) => !hasGradient).map(({ name }) => `${names.get(name)}_`);
  const ours = slots.map(slot => {
    const cut = slot.name.lastIndexOf('/');
    const kind = slot.name.slice(cut + 1);
    // Keras has one `u_product` for all weights, and no name for it.
    return { slot, name: kind === 'u_product' ? 'variable' : `${names.get(slot.name.slice(0, cut))}_${kind}` };
  });
  return expected.flatMap(({ name, value }) => {
    const found = ours.find(one => one.name === name);
    const isNoise = leftOut.some(prefix => name.startsWith(prefix)) && !(found && name.endsWith(`_${AVERAGE_SLOT}`));
    if (isNoise) return [];
    if (found === undefined) return [failure(`${how} slot ${name}`, `there are only ${ours.map(one => one.name)}`)];
    const abs = ofLargest * largest(value.data as Float32Array);
    return [compareArray(`${how} slot ${name}`, found.slot, value, { abs, rel: 0 })];
  });
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
