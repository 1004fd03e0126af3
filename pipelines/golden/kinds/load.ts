import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { kerasClassName, savedLayers } from '../../../src/saving/keras/savedLayers.js';
import type { OptimizerConfig } from '../../../src/saving/keras/trainingConfig.js';
import { loadArchitecture } from '../../../src/saving/loadArchitecture.js';
import { type LoadedModel, loadModel, loadWeights } from '../../../src/saving/loadModel.js';
import { type Comparison, compareArray, compareEqual, compareNumber, failure } from '../comparison.js';
import type { GoldenCase } from '../goldenCase.js';
import type { Runner } from '../runner.js';
import type { Tolerance } from '../tolerance.js';
import { compareNextStep, type NextStep } from './nextStep.js';

interface Given {
  readonly file: string;
  readonly load: 'model' | 'weights';
  readonly architecture: string | null;
  readonly keras_version?: string;
  readonly inputs: readonly SafetensorsArray[];
  readonly next_x?: readonly SafetensorsArray[];
  readonly next_y?: SafetensorsArray;
  readonly compile?: {
    readonly optimizer: { readonly class_name: string; readonly parameters: Readonly<Record<string, unknown>> };
    readonly loss: string;
    readonly metrics: readonly string[];
  } | null;
}

interface Sums {
  readonly name: string;
  readonly shape: readonly number[];
  readonly sum: number;
  readonly sum_of_absolutes: number;
}

interface Expect {
  readonly model_class: string;
  readonly layers: readonly { readonly name: string; readonly class: string }[];
  readonly predictions: SafetensorsArray;
  readonly weights: readonly (Sums & { readonly layer: string })[];
  readonly total_parameters: number;
  readonly trainable_parameters: number;
  readonly optimizer: {
    readonly class_name: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly iterations: number | null;
    readonly slots: readonly Sums[];
  } | null;
  readonly loss: unknown;
  readonly metrics: readonly unknown[] | null;
  readonly next_step: NextStep | null;
}

/** Sums are given with nine digits, of float32 numbers. */
const SUMS = { abs: 1e-6, rel: 1e-6 };

/** Kind `load`: a model file; what is in it, what the model predicts, and what the next training step does. */
export const load: Runner = async golden => {
  const given = golden.given as Given;
  const loaded = await loadGiven(given, golden.directory);
  try {
    return [
      ...compareArchitecture(loaded.model, given, golden.expect as Expect),
      ...comparePredictions(loaded.model, golden),
      ...compareTraining(loaded, golden.expect as Expect),
      ...(await compareStep(loaded, golden)),
    ];
  } finally {
    loaded.model.dispose();
  }
};

async function loadGiven(given: Given, directory: string): Promise<LoadedModel> {
  const path = join(directory, given.file);
  if (given.load === 'model') return loadModel(path);
  const model = await loadArchitecture(join(directory, given.architecture ?? ''));
  const { compile } = given;
  const optimizer: OptimizerConfig | null =
    compile == null ? null : { className: compile.optimizer.class_name, parameters: compile.optimizer.parameters };
  const training = compile == null ? null : { optimizer, loss: compile.loss, metrics: compile.metrics };
  return { model, training, ...(await loadWeights(model, path, optimizer)) };
}

function compareArchitecture(model: LayersModel, given: Given, expect: Expect): Comparison[] {
  const className = kerasClassName(model);
  const functional = given.keras_version === '2.2.4' ? 'Model' : 'Functional';
  const weights = savedLayers(model).flatMap(({ top, weights }) => weights.map(weight => ({ ...weight, layer: top })));
  const classOf = (name: string): string => (name === 'Functional' ? functional : name);
  const count = (list: typeof weights): number => list.reduce((sum, { variable }) => sum + variable.size, 0);
  const comparisons = [
    compareEqual('model class', classOf(className), expect.model_class),
    compareEqual(
      'layers',
      model.layers.map(layer => ({ name: layer.name, class: classOf(kerasClassName(layer)) })),
      expect.layers,
    ),
    compareEqual('total parameters', count(weights), expect.total_parameters),
    compareEqual('trainable parameters', count(weights.filter(w => w.trainable)), expect.trainable_parameters),
    compareEqual(
      'weights',
      weights.map(({ layer, name, shape }) => ({ layer, name, shape })),
      expect.weights.map(({ layer, name, shape }) => ({ layer, name, shape })),
    ),
  ];
  for (const [i, { variable, layer, name }] of weights.entries()) {
    if (i < expect.weights.length) {
      comparisons.push(...compareSums(`${layer}/${name}`, variable.dataSync() as Float32Array, expect.weights[i]));
    }
  }
  return comparisons;
}

function compareSums(what: string, data: ArrayLike<number | bigint>, expected: Sums): Comparison[] {
  let [sum, absolutes] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    sum += Number(data[i]);
    absolutes += Math.abs(Number(data[i]));
  }
  // Large numbers may cancel in the sum: it is as exact as they are.
  const tolerance = { abs: SUMS.abs + SUMS.rel * expected.sum_of_absolutes, rel: 0 };
  return [
    compareNumber(`sum of ${what}`, sum, expected.sum, tolerance),
    compareNumber(`sum of absolutes of ${what}`, absolutes, expected.sum_of_absolutes, tolerance),
  ];
}

function comparePredictions(model: LayersModel, { given, expect, tolerance }: GoldenCase): Comparison[] {
  const output = tf.tidy(() => {
    const inputs = (given as Given).inputs.map(toTensor);
    return model.predict(inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor;
  });
  const ours = { shape: output.shape, data: output.dataSync() as Float32Array };
  output.dispose();
  return [compareArray('predictions', ours, (expect as Expect).predictions, tolerance)];
}

async function compareStep(loaded: LoadedModel, { given, expect, tolerance }: GoldenCase): Promise<Comparison[]> {
  const { next_step } = expect as Expect;
  const { next_x, next_y } = given as Given;
  if (next_step === null) return [];
  if (next_x === undefined || next_y === undefined) return [failure('next step', 'given has no next_x and next_y')];
  const x = next_x.map(toTensor);
  const y = toTensor(next_y);
  try {
    return await compareNextStep(loaded, x, y, next_step, tolerance.next_step as Tolerance);
  } finally {
    tf.dispose([...x, y]);
  }
}

export const toTensor = ({ shape, data, dtype }: SafetensorsArray): tf.Tensor =>
  tf.tensor(data as Float32Array, [...shape], dtype === 'I32' ? 'int32' : 'float32');

function compareTraining({ training, optimizerState, warnings }: LoadedModel, expect: Expect): Comparison[] {
  const comparisons = [
    compareEqual('loss', training?.loss ?? null, expect.loss),
    compareEqual('metrics', training?.metrics ?? null, expect.metrics),
    compareEqual('optimizer', training?.optimizer?.className ?? null, expect.optimizer?.class_name ?? null),
    compareEqual('warnings', warnings, []),
  ];
  if (expect.optimizer === null) return comparisons;
  const { parameters, iterations, slots } = expect.optimizer;
  const ours = training?.optimizer?.parameters ?? {};
  for (const [name, value] of Object.entries(parameters)) comparisons.push(compareEqual(name, ours[name], value));
  comparisons.push(compareEqual('iterations', optimizerState?.iterations ?? null, iterations));
  const ourSlots = optimizerState?.slots ?? [];
  if (ourSlots.length !== slots.length) {
    return [...comparisons, failure('slots', `got ${ourSlots.length}, expected ${slots.length}`)];
  }
  for (const [i, { array }] of ourSlots.entries()) {
    comparisons.push(compareEqual(`shape of ${slots[i].name}`, array.shape, slots[i].shape));
    comparisons.push(...compareSums(slots[i].name, array.read() as Float32Array, slots[i]));
  }
  return comparisons;
}
