import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { HostArray } from '../../../src/array/hostArray.js';
import type { Batch } from '../../../src/data/batch.js';
import { compile } from '../../../src/graph/compile.js';
import { createLearner, type LearnerOptions } from '../../../src/learner/createLearner.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { type Native, nativeBackendName } from '../../../src/native/backend.js';
import { whyFloat32 } from '../../../src/native/dtypePolicy.js';
import { adam } from '../../../src/optimizer/adam.js';
import { denseGradient } from '../../../src/optimizer/gradient.js';
import { lion } from '../../../src/optimizer/lion.js';
import { rmsprop } from '../../../src/optimizer/rmsprop.js';
import { sgd } from '../../../src/optimizer/sgd.js';
import { nativeOrNull, withoutBfloat16 } from '../../helpers/native.js';

const native = await nativeOrNull();
const size = 16;
const batch: Batch = {
  kind: 'values',
  x: {
    data: Float32Array.from({ length: size * 108 }, (_, i) => ((i * 37) % 256) / 255),
    shape: [size, 6, 6, 3],
  },
  y: { data: Int32Array.from({ length: size }, (_, i) => (i * 7) % 4), shape: [size] },
  epoch: 0,
  size,
  seed: 3,
  cursor: { epoch: 0, position: size },
};

function model(): LayersModel {
  const built = sequential({
    layers: [
      layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 3] }),
      layers.batchNormalization(),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
  initializeWeights(built, 5);
  return built;
}

async function trained(options: Pick<LearnerOptions, 'dtypePolicy' | 'compile'> & Partial<LearnerOptions>) {
  const learner = createLearner({
    ...{ model: model(), optimizer: rmsprop(), loss: 'sparse_categorical_crossentropy' },
    ...options,
  });
  try {
    const results = [];
    for (let iterations = 0; iterations < 20; iterations++) {
      results.push(await learner.step(batch, { learningRate: 0.003, iterations }));
    }
    const { weights, slots } = await learner.state();
    return {
      policy: learner.dtypePolicy,
      losses: results.map(({ loss }) => loss),
      warnings: results.flatMap(({ warnings = [] }) => warnings.map(({ code }) => code)),
      arrays: [...weights, ...slots].map(({ data }) => data as Float32Array),
    };
  } finally {
    await learner.dispose();
  }
}

/** Whether a number has no more than the 8 bits that bfloat16 keeps. */
const isBfloat16 = (value: number): boolean => (new Uint32Array(Float32Array.of(value).buffer)[0] & 0xffff) === 0;

describe.skipIf(native === null)('a learner of the dtype policy mixed_bfloat16', () => {
  it.skipIf(!native?.hasBfloat16)(
    'computes in bfloat16, and keeps what it learns in float32: the same each time',
    async () => {
      tf.setBackend(nativeBackendName);
      const float32 = await trained({});
      const mixed = await trained({ dtypePolicy: 'mixed_bfloat16' });
      expect([float32.policy, mixed.policy, mixed.warnings]).toEqual(['float32', 'mixed_bfloat16', []]);
      // Of 8 bits, through four layers.
      expect(Math.abs(mixed.losses[0] / float32.losses[0] - 1)).toBeLessThan(0.01);
      expect(mixed.losses).not.toEqual(float32.losses);
      expect(mixed.losses[19]).toBeLessThan(0.8 * mixed.losses[0]);
      for (const data of mixed.arrays) expect(data.some(value => !isBfloat16(value))).toBe(true);
      expect(await trained({ dtypePolicy: 'mixed_bfloat16' })).toEqual(mixed);
    },
  );

  it.skipIf(!native?.hasBfloat16).each([
    ['Adam with clipping', adam({ clipnorm: 1 })],
    ['SGD with weight decay', sgd({ weightDecay: 0.01 })],
    ['SGD of several batches with averages', sgd({ momentum: 0.9, gradientAccumulationSteps: 3, useEma: true })],
    ['Lion', lion()],
  ])('updates in float32 where no kernel does it: %s', async (_, optimizer) => {
    tf.setBackend(nativeBackendName);
    const { arrays } = await trained({ dtypePolicy: 'mixed_bfloat16', optimizer });
    for (const data of arrays) expect(data.some(value => !isBfloat16(value))).toBe(true);
  });

  it.skipIf(!native?.hasBfloat16)('makes loss and metrics in float32 of what the model gives', async () => {
    tf.setBackend(nativeBackendName);
    const regression = sequential({
      layers: [layers.dense({ units: 8, activation: 'relu', inputShape: [108] }), layers.dense({ units: 1 })],
    });
    initializeWeights(regression, 5);
    const [x, targets] = [{ data: batch.kind === 'values' ? batch.x.data : [], shape: [size, 108] } as HostArray, 1000];
    const y = { data: Float32Array.from({ length: size }, (_, i) => targets + 0.37 * i), shape: [size, 1] };
    const learner = createLearner({
      ...{ model: regression, optimizer: 'sgd', loss: 'mse', metrics: ['mae'], dtypePolicy: 'mixed_bfloat16' },
    });
    try {
      const { statistics, loss } = await learner.evaluate({ ...batch, kind: 'values', x, y });
      const { data } = await learner.predict(x);
      const errors = Array.from(data, (value, i) => value - y.data[i]);
      const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / size;
      expect(data.every(isBfloat16)).toBe(true);
      expect(loss / mean(errors.map(error => error ** 2))).toBeCloseTo(1, 6);
      expect(statistics[2] / statistics[3] / mean(errors.map(Math.abs))).toBeCloseTo(1, 6);
    } finally {
      await learner.dispose();
    }
  });

  it('warns on a processor without instructions for it, and computes in float32', async () => {
    tf.setBackend(nativeBackendName);
    await withoutBfloat16(native as Native, async () => {
      const mixed = await trained({ dtypePolicy: 'mixed_bfloat16' });
      expect(mixed).toEqual({ ...(await trained({})), warnings: ['float32'] });
    });
  });
});

it.skipIf(!native?.hasBfloat16)('a compiled function of the dtype policy mixed_bfloat16', async () => {
  tf.setBackend(nativeBackendName);
  const x = { data: Float32Array.from({ length: 4096 }, (_, i) => 1 + ((i * 31) % 97) / 97), shape: [64, 64] };
  const [exact, rounded] = await Promise.all(
    (['float32', 'mixed_bfloat16'] as const).map(async dtypePolicy => {
      const inputs = { x: { shape: x.shape } };
      const product = compile(({ x }) => ({ y: tf.matMul(tf.relu(tf.matMul(x, x)), x) }), {
        inputs,
        dtypePolicy,
      });
      const { y } = await product({ x: x.data });
      await product.dispose();
      return y.data;
    }),
  );
  expect(rounded).not.toEqual(exact);
  for (const [i, value] of exact.entries()) expect(Math.abs(rounded[i] / value - 1)).toBeLessThan(2 ** -6);
});

it.skipIf(!native?.hasBfloat16)('what a compiled function makes of gradients is float32', async () => {
  tf.setBackend(nativeBackendName);
  const weight = tf.variable(
    tf.tensor2d(
      Array.from({ length: 64 }, (_, i) => 1 + ((i * 31) % 97) / 97),
      [8, 8],
    ),
  );
  const step = compile(
    ({ x }) => {
      const { value, gradients } = valueAndGradients(() => tf.mean(tf.square(tf.matMul(x, weight))), [weight]);
      weight.assign(tf.sub(weight, tf.mul(denseGradient(gradients[0]), 1e-4)));
      return { loss: value };
    },
    { inputs: { x: { shape: [8, 8] } }, variables: [weight], dtypePolicy: 'mixed_bfloat16' },
  );
  await step({ x: Float32Array.from({ length: 64 }, (_, i) => ((i * 37) % 61) / 61) });
  await step.dispose();
  const values = weight.dataSync();
  weight.dispose();
  expect(values.some(value => !isBfloat16(value))).toBe(true);
});

it('warns once on another backend, and computes in float32', async () => {
  await tf.setBackend('cpu');
  const mixed = await trained({ dtypePolicy: 'mixed_bfloat16' });
  expect(mixed).toEqual({ ...(await trained({})), warnings: ['float32'] });
});

it('says why float32 is computed', () => {
  const without = { hasBfloat16: false } as NonNullable<typeof native>;
  expect(whyFloat32('float32', without)).toBeUndefined();
  expect(whyFloat32('mixed_bfloat16', { ...without, hasBfloat16: true })).toBeUndefined();
  expect(whyFloat32('mixed_bfloat16', without)).toMatch(
    /not to be had here: its kernels need a processor.*avx512_bf16/,
  );
  expect(whyFloat32('mixed_bfloat16', undefined)).toMatch(/native TensorFlow is not in use. Everything .* in float32/);
});

it.each([
  [{ dtypePolicy: 'bfloat16' as 'float32' }, /no dtype policy 'bfloat16'; there are float32 and mixed_bfloat16/],
  [{ dtypePolicy: 'mixed_bfloat16', compile: false }, /Only compiled steps .* leave 'compile: false' .*away/],
] as const)('refuses %j', async (options, problem) => {
  await tf.setBackend('cpu');
  await expect(trained(options)).rejects.toThrow(problem);
});
