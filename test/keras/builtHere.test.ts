import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, type RNN, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sizeOf } from '../../src/array/hostArray.js';
import { createLearner } from '../../src/learner/createLearner.js';
import { cifar10Cnn } from '../../src/model/cifar10Cnn.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { mnistMlp } from '../../src/model/mnistMlp.js';
import { resnet } from '../../src/model/resnet.js';
import { adam } from '../../src/optimizer/adam.js';
import { nadam } from '../../src/optimizer/nadam.js';
import type { Optimizer } from '../../src/optimizer/optimizer.js';
import { rmsprop } from '../../src/optimizer/rmsprop.js';
import { sgd } from '../../src/optimizer/sgd.js';
import { optimizerConfigOf } from '../../src/saving/keras/optimizerConfigOf.js';
import { saveModel } from '../../src/saving/saveModel.js';
import { type LayerRow, layerBatch, layerTable, modelWithLayer } from '../helpers/layerTable.js';
import { nativeOrNull } from '../helpers/native.js';
import { kerasPython, kerasSide } from './kerasPython.js';
import { oneStep, type ValuesBatch } from './oneStep.js';

/** A model that is built here, with what it is trained by. */
interface Built {
  readonly name: string;
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  batch(index: number): ValuesBatch;
}

const suffixes = ['h5', 'keras', 'weights.h5'];
const tolerance = 1e-5;
const loss = 'sparse_categorical_crossentropy';

const of =
  (make: () => layers.Layer): LayerRow[2] =>
  x =>
    make().apply(x) as SymbolicTensor;
const lstm = () => layers.lstm({ units: 3, recurrentActivation: 'sigmoid' });

/** As Keras has them: tfjs's own default is another sigmoid. */
const recurrent: readonly LayerRow[] = [
  ['LSTM-sigmoid', [5, 4], of(lstm)],
  [
    'GRU-sigmoid',
    [5, 4],
    of(() => layers.gru({ units: 3, recurrentActivation: 'sigmoid', resetAfter: false } as never)),
  ],
  ['Bidirectional-sigmoid', [5, 4], of(() => layers.bidirectional({ layer: lstm() as RNN, mergeMode: 'concat' }))],
  [
    'ConvLSTM2D-sigmoid',
    [3, 5, 5, 2],
    of(() => layers.convLstm2d({ filters: 3, kernelSize: 3, recurrentActivation: 'sigmoid' }) as layers.Layer),
  ],
];

/** What Keras has not, or computes otherwise. */
const unwritable: Readonly<Record<string, RegExp>> = {
  Bidirectional: /LSTM.*hard_sigmoid/,
  CenterCrop: /CenterCrop.*changes its input's shape/,
  ConvLSTM2D: /hard_sigmoid/,
  GRU: /GRU.*hard_sigmoid/,
  GRUCell: /RNN.*cells/,
  LSTM: /LSTM.*hard_sigmoid/,
  LSTMCell: /RNN.*cells/,
  RNN: /RNN.*cells/,
  ResetAfterGRUCell: /RNN.*cells/,
  SimpleRNNCell: /RNN.*cells/,
  StackedRNNCells: /RNN.*cells/,
  ThresholdedReLU: /Keras 3 has no such layer/,
};
/** Keras doesn't say in an .h5 file where the layers of its applications are, and opens its own neither. */
const KERAS_FAILS = [
  ...['CustomScaleLayer.h5', 'LayerScale.h5', 'StochasticDepth.h5'],
  // Of several axes in a legacy config it takes the last, in its own files as well.
  'RMSNormalization.h5',
];
const isRandom = (name: string): boolean =>
  /Dropout|Gaussian|StochasticDepth|^mnist-mlp|^cifar10-cnn|^(Additive|MultiHead)?Attention\./.test(name);

let python: string;
let folder: string;

beforeAll(async () => {
  if ((await nativeOrNull()) === null) await tf.setBackend('cpu');
  python = await kerasPython();
  folder = mkdtempSync(join(tmpdir(), 'gradstream-keras-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Differences = Readonly<Record<string, number>>;

/**
 * Where two steps in float32 part, ReLUs may lie so near to their kinks that rounding decides on which side: Keras's step in float64
 * is the judge then, and neither may be farther from it than these ReLUs explain (keras_exact.py).
 */
const isAsInKeras = (key: string, difference: number, { ours, keras }: Differences): boolean =>
  difference < tolerance || (key === 'weights' && ours < tolerance && keras < tolerance);

/** A class may have several rows: tfjs's own and ours, or ours in two ways. */
const ofRow = (row: LayerRow, index: number, rows: readonly LayerRow[]): Built => ({
  name: rows.findIndex(([name]) => name === row[0]) === index ? row[0] : `${row[0]}-${index}`,
  model: modelWithLayer(row),
  optimizer: adam(),
  batch: index => layerBatch(row, index) as ValuesBatch,
});

function network(name: string, model: LayersModel, optimizer: Optimizer): Built {
  initializeWeights(model, 7);
  const [inputShape, classes] = [model.inputs[0].shape.slice(1) as number[], model.outputs[0].shape.at(-1) as number];
  const size = 4;
  const shape = [size, ...inputShape];
  return {
    name,
    model,
    optimizer,
    batch: index => ({
      kind: 'values',
      x: { data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * (index + 1.3))), shape },
      y: { data: Int32Array.from({ length: size }, (_, i) => (i * 3 + index) % classes), shape: [size] },
      epoch: 0,
      size,
      seed: 3,
      cursor: { epoch: 0, position: (index + 1) * size },
    }),
  };
}

/**
 * Of a million ReLUs, one or two lie so near to their kink that rounding decides on which side. SGD makes little of that; Adam
 * divides gradients by their size and makes full steps of it, where they are small (roundTrip.test.ts has a ResNet20 with Adam).
 */
const momentum = () => sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true });

const networks = (): Built[] => [
  network('mnist-mlp', mnistMlp(), rmsprop()),
  network('cifar10-cnn', cifar10Cnn(), nadam()),
  network('resnet20-v1', resnet({ n: 3, version: 1 }), momentum()),
  network('resnet29-v2', resnet({ n: 3, version: 2 }), momentum()),
];

/** Two updates, then all files, then what comes of the next batch, for Keras to compare. */
async function write({ name, model, optimizer, batch }: Built): Promise<void> {
  const learner = createLearner({ model, optimizer, loss });
  for (let i = 0; i < 2; i++) await learner.step(batch(i), { learningRate: learner.learningRate(i), iterations: i });
  const learnerState = await learner.state();
  const training = { learnerState, iterations: 2, optimizer: optimizerConfigOf(optimizer), loss };
  const next = batch(2);
  const evaluation = (await learner.evaluate(next)).loss;
  try {
    for (const suffix of suffixes) await saveModel(model, join(folder, `${name}.${suffix}`), training);
  } catch (error) {
    await learner.dispose();
    throw error;
  }
  const outcome = await oneStep(learner, model, next, { iterations: 2, learningRate: learner.learningRate(2) });
  const arrays = { x: next.x.data, y: next.y?.data ?? [], ...outcome, evaluation: [evaluation] };
  for (const [key, values] of Object.entries(arrays)) {
    writeFileSync(join(folder, `${name}.${key}.f32`), Float32Array.from(values as ArrayLike<number>));
  }
}

it('models that are built here are written, or refused by name', async () => {
  for (const built of [...[...layerTable, ...recurrent].map(ofRow), ...networks()]) {
    const problem = unwritable[built.name];
    const writing = write(built);
    await (problem === undefined
      ? expect.soft(writing, built.name).resolves.toBeUndefined()
      : expect.soft(writing, built.name).rejects.toThrow(problem));
    built.model.dispose();
  }
});

it('real Keras opens them, predicts the same and takes the same next step', async () => {
  const report: readonly (readonly [string, Differences | string])[] = JSON.parse(
    await kerasSide(python, 'check', folder, 'keras_built.py'),
  );
  expect(report).toHaveLength(
    suffixes.length * (layerTable.length + recurrent.length + networks().length - Object.keys(unwritable).length),
  );
  const opened = report.filter(([file]) => !KERAS_FAILS.includes(file));
  const problems = opened.flatMap(([file, found]) =>
    typeof found === 'string'
      ? [`${file}: ${found}`]
      : Object.entries(found)
          .filter(
            ([key, difference]) => !isAsInKeras(key, difference, found) && (key === 'predictions' || !isRandom(file)),
          )
          .map(([key, difference]) => `${file}: ${key} ${difference}`),
  );
  expect(problems).toEqual([]);
});
