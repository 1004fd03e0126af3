import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { HostArray } from '../../../src/array/hostArray.js';
import type { Batch } from '../../../src/data/batch.js';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { softmaxCrossEntropy } from '../../../src/layer/softmaxCrossEntropy.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import type { StepResult } from '../../../src/learner/learner.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { Accumulator } from '../../../src/metrics/accumulator.js';
import { denseGradient } from '../../../src/optimizer/gradient.js';
import { optimizerFromConfig } from '../../../src/optimizer/optimizerFromConfig.js';
import { type SavedLayer, type SavedWeight, savedLayers } from '../../../src/saving/keras/savedLayers.js';
import { type Comparison, compareArray, compareEqual, compareNumber, compareNumbers } from '../comparison.js';
import type { GoldenCase } from '../goldenCase.js';
import { type BuilderOptions, buildGoldenModel } from '../modelBuilder.js';
import type { Runner } from '../runner.js';
import type { Tolerance } from '../tolerance.js';

interface GivenWeight {
  readonly class: string;
  readonly name: string;
  readonly scale: number;
  readonly value: SafetensorsArray;
}

interface Given extends BuilderOptions {
  readonly classes: number;
  readonly weights: readonly GivenWeight[];
  readonly x: SafetensorsArray;
  readonly labels: SafetensorsArray;
  readonly optimizer: { readonly name: string; readonly learning_rate: number };
  readonly steps: number;
}

interface Expect {
  readonly inference_probabilities: SafetensorsArray;
  readonly evaluate: { readonly loss: number; readonly accuracy: number };
  readonly training_probabilities: SafetensorsArray;
  readonly data_loss: number;
  readonly penalty: number;
  readonly loss: number;
  readonly gradient_norms: readonly { readonly class: string; readonly name: string; readonly norm: number }[];
  readonly step_losses: readonly number[];
  readonly first_moving_mean: SafetensorsArray;
  readonly first_moving_variance: SafetensorsArray;
  readonly last_moving_mean: SafetensorsArray;
  readonly last_moving_variance: SafetensorsArray;
  readonly final_inference_loss: number;
}

interface Tolerances extends Tolerance {
  readonly gradient_norms: Tolerance;
  readonly after_steps: Tolerance;
}

/** Kind `numeric`: a small ResNet's arithmetic, from inference to three updates. */
export const numeric: Runner = async golden => {
  const model = buildGoldenModel(golden.given as Given);
  try {
    return [
      ...compareOnePass(golden, model),
      ...(await compareSteps(golden, model, 'compiled')),
      ...(await compareSteps(golden, model, 'eager')),
    ];
  } finally {
    model.dispose();
  }
};

/** One pass in training mode, with its gradients. */
function compareOnePass({ given, expect, tolerance }: GoldenCase, model: LayersModel): Comparison[] {
  const { weights, x, labels, classes } = given as Given;
  const expected = expect as Expect;
  const layers = savedLayers(model);
  setWeights(layers, weights);
  const trainable = layers
    .flatMap(layer => layer.weights.map(weight => ({ class: layer.className, ...weight })))
    .filter(weight => weight.trainable);
  const numbers = tf.tidy(() => {
    const parts: tf.Tensor[] = [];
    const { value, gradients } = valueAndGradients(
      () => {
        const { output, logits, penalty } = applyModel(model, tensorOf(floats(x)), { training: true, seed: null });
        if (logits === null || penalty === null) throw new Error('The network has no softmax or no regularizer.');
        const data = tf.mean(softmaxCrossEntropy(tensorOf(oneHot(labels, classes)), logits)) as tf.Scalar;
        parts.push(...[output, data, penalty].map(part => tf.keep(part)));
        return tf.add(data, penalty) as tf.Scalar;
      },
      trainable.map(weight => weight.variable),
    );
    const [probabilities, data, penalty] = parts.map(part => ({ shape: part.shape, data: part.dataSync() }));
    tf.dispose(parts);
    const norms = gradients.map(gradient => tf.norm(denseGradient(gradient)).dataSync()[0]);
    return { probabilities, data: data.data[0], penalty: penalty.data[0], loss: value.dataSync()[0], norms };
  });
  const { gradient_norms: bounds } = tolerance as unknown as Tolerances;
  return [
    compareArray('training_probabilities', numbers.probabilities, expected.training_probabilities, tolerance),
    compareNumber('data_loss', numbers.data, expected.data_loss, tolerance),
    compareNumber('penalty', numbers.penalty, expected.penalty, tolerance),
    compareNumber('loss', numbers.loss, expected.loss, tolerance),
    compareEqual('gradient_norms of', trainable.map(label), expected.gradient_norms.map(label)),
    compareNumbers(
      'gradient_norms',
      numbers.norms,
      expected.gradient_norms.map(({ norm }) => norm),
      bounds,
    ),
  ];
}

async function compareSteps(
  { given, expect, tolerance }: GoldenCase,
  model: LayersModel,
  how: 'compiled' | 'eager',
): Promise<Comparison[]> {
  const { weights, x, labels, classes, optimizer, steps } = given as Given;
  const expected = expect as Expect;
  const layers = savedLayers(model);
  setWeights(layers, weights);
  const learner = createLearner({
    model,
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: optimizerFromConfig(optimizer.name, { learning_rate: optimizer.learning_rate }),
    compile: how === 'compiled',
  });
  try {
    const batch = batchOf(floats(x), oneHot(labels, classes));
    const logs = (result: StepResult): Readonly<Record<string, unknown>> => {
      const sums = new Accumulator(learner.metrics);
      sums.add(result);
      return sums.logs();
    };
    const probabilities = await learner.predict(batch.x);
    const before = logs(await learner.evaluate(batch));
    const losses: number[] = [];
    for (let iterations = 0; iterations < steps; iterations++) {
      losses.push((await learner.step(batch, { learningRate: optimizer.learning_rate, iterations })).loss);
    }
    const after = logs(await learner.evaluate(batch));
    await learner.dispose();
    const { after_steps: afterSteps } = tolerance as unknown as Tolerances;
    const moving = (place: 'first' | 'last', name: 'moving_mean' | 'moving_variance'): Comparison => {
      const found = layers.flatMap(layer => layer.weights).filter(weight => weight.name === name);
      return compareArray(
        `${how} ${place}_${name}`,
        valuesOf(found[place === 'first' ? 0 : found.length - 1]),
        expected[`${place}_${name}`],
        afterSteps,
      );
    };
    return [
      compareArray(`${how} inference_probabilities`, probabilities, expected.inference_probabilities, tolerance),
      compareNumber(`${how} evaluate.loss`, Number(before.loss), expected.evaluate.loss, tolerance),
      compareNumber(`${how} evaluate.accuracy`, Number(before.accuracy), expected.evaluate.accuracy, tolerance),
      compareNumbers(`${how} step_losses`, losses, expected.step_losses, tolerance),
      moving('first', 'moving_mean'),
      moving('first', 'moving_variance'),
      moving('last', 'moving_mean'),
      moving('last', 'moving_variance'),
      compareNumber(`${how} final_inference_loss`, Number(after.loss), expected.final_inference_loss, afterSteps),
    ];
  } finally {
    await learner.dispose();
  }
}

/** @throws Error where the network's weights are not those of the case */
function setWeights(layers: readonly SavedLayer[], given: readonly GivenWeight[]): void {
  const weights = layers.flatMap(layer => layer.weights.map(weight => ({ class: layer.className, ...weight })));
  const { problem } = compareEqual('weights', weights.map(label), given.map(label));
  if (problem !== null) throw new Error(`The network's weights are others than the case's: ${problem}`);
  for (const [i, { variable }] of weights.entries()) {
    const { scale, value } = given[i];
    // In float32: the array rounds the product of two float32 numbers once.
    const values = Float32Array.from(value.data as ArrayLike<number>, number => number * Math.fround(scale));
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
  }
}

const label = (weight: { readonly class: string; readonly name: string }): string => `${weight.class} ${weight.name}`;

const valuesOf = ({ shape, variable }: SavedWeight): HostArray => ({
  shape: [...shape],
  data: variable.dataSync() as Float32Array,
});

const floats = ({ data, shape }: SafetensorsArray): HostArray => ({
  data: Float32Array.from(data as ArrayLike<number>),
  shape: [...shape],
});

function oneHot({ data, shape: [rows] }: SafetensorsArray, classes: number): HostArray {
  const array = { data: new Float32Array(rows * classes), shape: [rows, classes] };
  for (let row = 0; row < rows; row++) array.data[row * classes + Number(data[row])] = 1;
  return array;
}

const tensorOf = ({ data, shape }: HostArray): tf.Tensor => tf.tensor(data as Float32Array, [...shape]);

const batchOf = (x: HostArray, y: HostArray): Batch & { readonly x: HostArray } => ({
  kind: 'values',
  x,
  y,
  epoch: 0,
  size: x.shape[0],
  seed: 0,
  cursor: { epoch: 0, position: x.shape[0] },
});
