import type { LayersModel } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../../src/array/hostArray.js';
import { cifar10 } from '../../src/data/cifar10.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { mnist } from '../../src/data/mnist.js';
import type { ArraySource } from '../../src/data/source.js';
import { cifar10Cnn } from '../../src/model/cifar10Cnn.js';
import { mnistMlp } from '../../src/model/mnistMlp.js';
import { resnet } from '../../src/model/resnet.js';
import { adam } from '../../src/optimizer/adam.js';
import type { Optimizer } from '../../src/optimizer/optimizer.js';
import { rmsprop } from '../../src/optimizer/rmsprop.js';
import { legacyDecay } from '../../src/schedule/legacyDecay.js';

/** A model of the Keras examples, as the anchors' benchmarks train it. */
export interface BenchModel {
  readonly batch: number;
  /** Steps in one native call; each is measured as a variant of its own. */
  readonly stepsPerExecution: readonly number[];
  model(): LayersModel;
  optimizer(): Optimizer;
  /** Real pictures from a folder. */
  source(folder: string): Promise<ArraySource>;
  readonly inputShape: readonly number[];
  readonly rows: number;
}

const cifar = {
  batch: 32,
  stepsPerExecution: [1],
  inputShape: [32, 32, 3],
  rows: 50_000,
  source: (data: string) => cifar10('train', { data }),
};

export const benchModels: Readonly<Record<string, BenchModel>> = {
  mlp: {
    batch: 128,
    stepsPerExecution: [1, 8, 32],
    inputShape: [784],
    rows: 60_000,
    model: () => mnistMlp(),
    optimizer: () => rmsprop(),
    source: data => mnist('train', { data }),
  },
  cnn: {
    ...cifar,
    stepsPerExecution: [1, 8],
    model: () => cifar10Cnn(),
    optimizer: () => rmsprop({ learningRate: legacyDecay({ learningRate: 1e-4, decay: 1e-6 }) }),
  },
  resnet20: { ...cifar, model: () => resnet({ n: 3, version: 1 }), optimizer: () => adam() },
  resnet29v2: { ...cifar, model: () => resnet({ n: 3, version: 2 }), optimizer: () => adam() },
};

/** Pictures of noise, in the shape of the real ones: a step costs the same. */
export function noise({ inputShape, rows }: BenchModel): ArraySource {
  const size = sizeOf(inputShape);
  const x = new Uint8Array(rows * size);
  let state = 1;
  for (let i = 0; i < x.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    x[i] = state >>> 24;
  }
  const y = Uint8Array.from({ length: rows }, (_, i) => i % 10);
  return fromArrays({
    name: 'noise',
    x: { data: x, shape: [rows, ...inputShape] },
    y: { data: y, shape: [rows] },
    scaling: { scale: 1 / 255 },
  });
}
