import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { HostData } from '../../../src/array/hostArray.js';
import { type AugmentationOptions, augmentation } from '../../../src/augment/augmentation.js';
import { hostValues } from '../../../src/augment/hostValues.js';
import type { RowBatch, ValueBatch } from '../../../src/data/batch.js';
import { fromArrays } from '../../../src/data/fromArrays.js';
import { Compiler } from '../../../src/graph/compiler.js';
import { gatherResidentRows } from '../../../src/graph/gatherResidentRows.js';
import { openSessions } from '../../../src/graph/session.js';
import { augmentInStep, canAugmentInStep } from '../../../src/learner/augmentInStep.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { DataType } from '../../../src/native/dataType.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

const ROWS = 40;
const SHAPE = [8, 9, 3];
const SIZE = 216;
const bytes = Uint8Array.from({ length: ROWS * SIZE }, (_, i) => (i * 7919) % 251);
const labels = Array.from({ length: ROWS }, (_, row) => row % 3);
const sourceOf = (data: HostData) => fromArrays({ x: { data, shape: [ROWS, ...SHAPE] }, y: labels });

const batchOf = (options: AugmentationOptions, data: HostData = bytes): RowBatch => ({
  kind: 'rows',
  source: sourceOf(data),
  rows: Int32Array.from({ length: ROWS }, (_, i) => ROWS - 1 - i),
  augmentation: augmentation(options),
  seed: 3,
  epoch: 2,
  size: ROWS,
  cursor: { epoch: 2, position: ROWS },
});

describe.skipIf(native === null)('augmentInStep', () => {
  async function inStep(batch: RowBatch): Promise<Float32Array> {
    const compiler = new Compiler(native as NonNullable<typeof native>, []);
    try {
      const { data, shape } = batch.source.x;
      const dtype = data instanceof Uint8Array ? DataType.uint8 : DataType.float32;
      const resident = await compiler.variables.resident({ shape, dtype }, data);
      const augmented = augmentInStep(batch.augmentation as NonNullable<RowBatch['augmentation']>, batch);
      const rows = { shape: [ROWS], dtype: DataType.int32 };
      const call = compiler.compile([rows, ...augmented.specs], ([row, ...fed], tracer) => [
        augmented.trace(gatherResidentRows(tracer, resident, row, 'float32') as tf.Tensor4D, fed, tracer),
      ]);
      const [pixels] = await call.run([batch.rows, ...augmented.values]);
      return pixels as Float32Array;
    } finally {
      await compiler.dispose();
    }
  }

  it.each<[string, AugmentationOptions]>([
    ['nothing', {}],
    ['whole shifts', { widthShiftRange: 4, heightShiftRange: 3 }],
    ['whole shifts, reflected', { widthShiftRange: 40, heightShiftRange: 30, fillMode: 'reflect' }],
    ['flips', { horizontalFlip: true, verticalFlip: true }],
    ['whole shifts and flips of order 0', { widthShiftRange: 4, horizontalFlip: true, interpolationOrder: 0 }],
    ['whole shifts the way Keras 3.15 has them', { widthShiftRange: 4, compat: 'keras-3.15' }],
  ])("gives the host's pixels exactly: %s", async (_, options) => {
    const batch = batchOf(options);
    expect(await inStep(batch)).toEqual(hostValues(batch).x.data);
  });

  const turned = { rotationRange: 30, widthShiftRange: 0.3, heightShiftRange: 0.2, shearRange: 10, zoomRange: 0.2 };
  it.each<[string, AugmentationOptions]>([
    ['all affine changes', turned],
    ['reflected', { ...turned, fillMode: 'reflect' }],
    ['with the centre crossed', { ...turned, compat: 'keras-3.15' }],
    ['a channel shift', { ...turned, channelShiftRange: 50 }],
    ['brightness', { ...turned, brightnessRange: [0.5, 2] }],
    ['both', { channelShiftRange: 50, brightnessRange: [0.5, 2] }],
  ])("gives the host's pixels within a thousandth of a level: %s", async (_, options) => {
    const batch = batchOf(options);
    const [ours, wanted] = [await inStep(batch), hostValues(batch).x.data];
    expect(wanted).not.toEqual(hostValues(batchOf({})).x.data);
    const farthest = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
    expect(farthest).toBeLessThan(1e-3);
  });

  it('gives the same pixel of order 0 but where a coordinate is half way', async () => {
    const batch = batchOf({ ...turned, interpolationOrder: 0 });
    const [ours, wanted] = [await inStep(batch), hostValues(batch).x.data];
    const other = ours.filter((value, i) => value !== wanted[i]).length;
    expect(other / ours.length).toBeLessThan(1e-3);
  });

  it('lets pictures in 0 … 1 be brighter than 1, as the host does', async () => {
    const batch = batchOf(
      { brightnessRange: [3, 3] },
      Float32Array.from(bytes, value => value / 250),
    );
    const pixels = await inStep(batch);
    expect(Math.max(...pixels)).toBeCloseTo(3, 5);
    expect(pixels).toEqual(hostValues(batch).x.data);
  });

  it.each<[string, AugmentationOptions, boolean]>([
    ['nearest', {}, true],
    ['reflect', { fillMode: 'reflect' }, true],
    ['wrap', { fillMode: 'wrap' }, false],
    ['constant', { fillMode: 'constant' }, false],
    ['channels first', { dataFormat: 'channelsFirst' }, false],
    ['brightness', { brightnessRange: [1, 2] }, true],
    ['brightness through 8 bits', { brightnessRange: [1, 2], compat: 'keras-3.15' }, false],
  ])('knows what TensorFlow does alike: %s', (_, options, can) => {
    expect(canAugmentInStep(augmentation(options))).toBe(can);
  });
});

describe.skipIf(native === null)('a learner', () => {
  const learnerOf = (compile: boolean) => {
    const model = sequential({
      layers: [layers.flatten({ inputShape: SHAPE }), layers.dense({ units: 3, activation: 'softmax' })],
    });
    model.setWeights([tf.fill([SIZE, 3], 0.001), tf.zeros([3])]);
    return createLearner({ model, optimizer: 'sgd', loss: 'sparse_categorical_crossentropy', compile });
  };
  async function weightsAfter(compile: boolean, batch: RowBatch | ValueBatch): Promise<Float32Array> {
    const learner = learnerOf(compile);
    try {
      await learner.step(batch, { learningRate: 1e-3, iterations: 0 });
      return (await learner.state()).weights[0].data as Float32Array;
    } finally {
      await learner.dispose();
    }
  }
  const valuesOf = (
    { kind, source, rows, augmentation: _, ...info }: RowBatch,
    values: ReturnType<typeof hostValues>,
  ) => ({
    ...info,
    kind: 'values' as const,
    ...values,
  });

  it.each([
    ['in the step', true, {}, 1e-5],
    ['on the host, where TensorFlow cannot', true, { fillMode: 'wrap' as const }, 1e-7],
    ['eagerly', false, {}, 1e-7],
  ])('augments rows %s', async (_, compile, more, tolerance) => {
    const batch = batchOf({ rotationRange: 30, horizontalFlip: true, channelShiftRange: 20, ...more });
    const ours = await weightsAfter(compile, batch);
    const wanted = await weightsAfter(compile, valuesOf(batch, hostValues(batch)));
    const { augmentation: _augmentation, ...plain } = batch;
    expect(ours).not.toEqual(await weightsAfter(compile, plain));
    ours.forEach((weight, i) => {
      expect(Math.abs(weight - wanted[i])).toBeLessThan(tolerance);
    });
  });

  it.each([true, false])('leaves no more behind than without augmentation (compile: %s)', async compile => {
    const { augmentation: _augmentation, ...plain } = batchOf({});
    const left = async (batch: RowBatch) => {
      const before = [tf.memory().numTensors, native?.binding.getNumOfTensors() ?? 0, openSessions()];
      await weightsAfter(compile, batch);
      return [tf.memory().numTensors, native?.binding.getNumOfTensors() ?? 0, openSessions()].map(
        (n, i) => n - before[i],
      );
    };
    const withNothing = await left(plain);
    expect(await left(batchOf({ rotationRange: 30, channelShiftRange: 20, brightnessRange: [1, 2] }))).toEqual(
      withNothing,
    );
    expect(withNothing[2]).toBe(0);
  });
});
