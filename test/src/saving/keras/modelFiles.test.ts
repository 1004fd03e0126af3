import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../../../src/error/unsupportedModelError.js';
import { Hdf5Reader } from '../../../../src/file/hdf5Reader.js';
import { Hdf5Writer } from '../../../../src/file/hdf5Writer.js';
import { ZipReader } from '../../../../src/file/zipReader.js';
import { ActivityRegularization } from '../../../../src/layer/activityRegularization.js';
import { AdaptiveAveragePooling2D, AdaptiveMaxPooling2D } from '../../../../src/layer/adaptivePooling.js';
import { AdditiveAttention, Attention } from '../../../../src/layer/attention.js';
import { BilinearUpSampling2D } from '../../../../src/layer/bilinearUpSampling2d.js';
import { CausalConv1D } from '../../../../src/layer/causalConv1d.js';
import { Conv1DTranspose } from '../../../../src/layer/conv1dTranspose.js';
import { Cropping1D, Cropping3D } from '../../../../src/layer/cropping.js';
import { CustomScaleLayer } from '../../../../src/layer/customScaleLayer.js';
import { DepthwiseConv1D } from '../../../../src/layer/depthwiseConv1d.js';
import { EinsumDense } from '../../../../src/layer/einsumDense.js';
import { ELU } from '../../../../src/layer/elu.js';
import {
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling3D,
} from '../../../../src/layer/globalPooling.js';
import { GroupedConv1D } from '../../../../src/layer/groupedConv1d.js';
import { GroupedConv2D } from '../../../../src/layer/groupedConv2d.js';
import { GroupedQueryAttention } from '../../../../src/layer/groupedQueryAttention.js';
import { GroupNormalization } from '../../../../src/layer/groupNormalization.js';
import { Identity } from '../../../../src/layer/identity.js';
import { LayerScale } from '../../../../src/layer/layerScale.js';
import { MultiHeadAttention } from '../../../../src/layer/multiHeadAttention.js';
import { Normalization } from '../../../../src/layer/normalization.js';
import { registerLayers } from '../../../../src/layer/registerLayers.js';
import { ReLU } from '../../../../src/layer/reLU.js';
import { ResetAfterGRU } from '../../../../src/layer/resetAfterGru.js';
import { RMSNormalization } from '../../../../src/layer/rmsNormalization.js';
import { RmsScalingNormalization } from '../../../../src/layer/rmsScalingNormalization.js';
import { SeparableConv1D } from '../../../../src/layer/separableConv1d.js';
import { SpatialDropout3D } from '../../../../src/layer/spatialDropout.js';
import { StochasticDepth } from '../../../../src/layer/stochasticDepth.js';
import { UnitNormalization } from '../../../../src/layer/unitNormalization.js';
import { UpSampling1D, UpSampling3D } from '../../../../src/layer/upSampling.js';
import { ZeroPadding1D, ZeroPadding3D } from '../../../../src/layer/zeroPadding.js';
import type { NamedArray } from '../../../../src/learner/learner.js';
import { modelVariables } from '../../../../src/learner/modelVariables.js';
import { lossByName } from '../../../../src/loss/lossByName.js';
import { savedLoss } from '../../../../src/loss/savedLoss.js';
import { provideTensorMethods } from '../../../../src/native/provideTensorMethods.js';
import { inspectFile } from '../../../../src/saving/inspectFile.js';
import { registerKerasActivations } from '../../../../src/saving/keras/kerasActivations.js';
import { learnerStateOf } from '../../../../src/saving/learnerStateOf.js';
import { loadArchitecture } from '../../../../src/saving/loadArchitecture.js';
import { loadModel, loadWeights } from '../../../../src/saving/loadModel.js';
import { saveModel } from '../../../../src/saving/saveModel.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerKerasActivations();
  registerLayers();
  provideTensorMethods();
});

const picture = { inputShape: [6, 6, 2] };
const series = { inputShape: [5, 3] };

/** One small model for each layer that tfjs and Keras share. */
const models: Readonly<Record<string, () => LayersModel>> = {
  Dense: () => stack(layers.dense({ inputShape: [4], units: 3, activation: 'relu', kernelInitializer: 'heNormal' })),
  'Dense without bias, regularised': () =>
    stack(layers.dense({ inputShape: [4], units: 3, useBias: false, kernelRegularizer: 'l1l2' })),
  'Dense with a constraint': () =>
    stack(layers.dense({ inputShape: [4], units: 3, kernelConstraint: 'maxNorm', biasConstraint: 'nonNeg' })),
  'hard_sigmoid of Keras 3': () =>
    stack(layers.dense({ inputShape: [4], units: 3, activation: 'kerasHardSigmoid' as never })),
  swish: () => stack(layers.dense({ inputShape: [4], units: 3, activation: 'swish' })),
  Conv1D: () => stack(layers.conv1d({ ...series, filters: 2, kernelSize: 2 })),
  Conv2D: () => stack(layers.conv2d({ ...picture, filters: 2, kernelSize: [3, 2], strides: [2, 1], padding: 'same' })),
  Conv2DTranspose: () => stack(layers.conv2dTranspose({ ...picture, filters: 2, kernelSize: 3, strides: 2 })),
  DepthwiseConv2D: () => stack(layers.depthwiseConv2d({ ...picture, kernelSize: 3, depthMultiplier: 2 })),
  SeparableConv2D: () => stack(layers.separableConv2d({ ...picture, filters: 3, kernelSize: 3 })),
  BatchNormalization: () => stack(layers.batchNormalization({ ...picture, momentum: 0.9 })),
  LayerNormalization: () => stack(layers.layerNormalization({ inputShape: [4] })),
  'SeparableConv2D with strides and a multiplier': () =>
    stack(layers.separableConv2d({ ...picture, filters: 3, kernelSize: 2, strides: 2, depthMultiplier: 2 })),
  'DepthwiseConv2D with a constraint': () =>
    stack(
      layers.depthwiseConv2d({
        ...picture,
        kernelSize: 3,
        depthwiseConstraint: 'nonNeg',
        depthwiseRegularizer: 'l1l2',
      }),
    ),
  'LayerNormalization along two axes': () => stack(layers.layerNormalization({ ...series, axis: [1, 2] })),
  'Reshape to an open length': () =>
    stack(layers.reshape({ ...picture, targetShape: [-1] }), layers.repeatVector({ n: 2 })),
  'Normalization by weights': () => stack(new Normalization(picture)),
  'Normalization by given numbers': () =>
    stack(new Normalization({ ...series, axis: null, mean: 2, variance: 4, invert: true })),
  'added layers of sequences': () =>
    stack(
      new ZeroPadding1D({ ...series, padding: [1, 2] }),
      new Cropping1D({ cropping: 1 }),
      new UpSampling1D({ size: 3 }),
      new Identity(),
      new ActivityRegularization({ l1: 0.1, l2: 0.2 }),
      new UnitNormalization({ axis: [1, 2] }),
    ),
  'added layers of volumes': () =>
    stack(
      new ZeroPadding3D({ inputShape: [3, 3, 2, 2], padding: [1, 0, [2, 0]] }),
      new Cropping3D({ cropping: [[1, 0], 0, 1] }),
      new UpSampling3D({ size: [1, 2, 1] }),
      new SpatialDropout3D({ rate: 0.2 }),
      new GlobalMaxPooling3D({}),
    ),
  'layers of options that tfjs has not': () =>
    stack(
      new CausalConv1D({ ...series, filters: 4, kernelSize: 2, dilationRate: 2 }),
      new ReLU({ negativeSlope: 0.1, threshold: 0.3, maxValue: 2 }),
      layers.reshape({ targetShape: [1, -1, 4] }),
      new GroupedConv2D({ filters: 6, kernelSize: 1, groups: 2 }),
      new BilinearUpSampling2D({ size: [2, 1] }),
      new ELU({ alpha: 0.5 }),
      new GlobalAveragePooling2D({ keepDims: true }),
    ),
  "layers of Keras's applications": () => {
    const x = input({ shape: [4, 4, 3] });
    const scaled = new LayerScale({ initValues: 0.1, projectionDim: 3 }).apply(x) as SymbolicTensor;
    const branch = new StochasticDepth({ dropPathRate: 0.2 }).apply(scaled) as SymbolicTensor;
    const sum = new CustomScaleLayer({ scale: 0.17 }).apply([x, branch]) as SymbolicTensor;
    return functional({ inputs: x, outputs: sum, name: 'applications' });
  },
  GlobalAveragePooling3D: () =>
    stack(new GlobalAveragePooling3D({ inputShape: [2, 3, 3, 2], dataFormat: 'channelsFirst' })),
  Embedding: () => stack(layers.embedding({ inputShape: [5], inputDim: 9, outputDim: 3 })),
  SimpleRNN: () => stack(layers.simpleRNN({ ...series, units: 2, returnSequences: true })),
  LSTM: () => stack(layers.lstm({ ...series, units: 2, recurrentActivation: 'sigmoid' })),
  GRU: () => stack(layers.gru({ ...series, units: 2, recurrentActivation: 'sigmoid' })),
  'GRU that resets after its product': () => stack(new ResetAfterGRU({ ...series, units: 2, biasInitializer: 'ones' })),
  'GRU that resets after its product, both ways': () =>
    stack(
      layers.bidirectional({
        ...series,
        layer: new ResetAfterGRU({ units: 2, useBias: false }) as never,
        mergeMode: 'sum',
      }),
    ),
  Bidirectional: () =>
    stack(
      layers.bidirectional({
        ...series,
        layer: layers.lstm({ units: 2, recurrentActivation: 'sigmoid' }) as never,
        mergeMode: 'concat',
      }),
    ),
  TimeDistributed: () => stack(layers.timeDistributed({ ...series, layer: layers.dense({ units: 2 }) })),
  PReLU: () => stack(layers.prelu({ ...picture, sharedAxes: [1, 2] })),
  'layers without weights': () =>
    stack(
      layers.zeroPadding2d({ ...picture, padding: 1 }),
      layers.cropping2D({ cropping: [1, 1] }),
      layers.upSampling2d({ size: [2, 2] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.averagePooling2d({ poolSize: [2, 1], padding: 'same' }),
      layers.leakyReLU({ alpha: 0.2 }),
      layers.reLU({ maxValue: 6 }),
      layers.elu({}),
      layers.dropout({ rate: 0.4 }),
      layers.gaussianNoise({ stddev: 0.1 }),
      layers.flatten(),
      layers.reshape({ targetShape: [9, 4] }),
      layers.permute({ dims: [2, 1] }),
      layers.globalAveragePooling1d(),
      layers.repeatVector({ n: 2 }),
      layers.globalMaxPooling1d({}),
      layers.activation({ activation: 'tanh' }),
      layers.softmax(),
    ),
  'convolutions of sequences that tfjs has not': () =>
    stack(
      new SeparableConv1D({ ...series, filters: 4, kernelSize: 2, pointwiseRegularizer: 'l1l2', padding: 'same' }),
      new DepthwiseConv1D({ kernelSize: 2, depthMultiplier: 2, depthwiseConstraint: 'nonNeg', padding: 'same' }),
      new Conv1DTranspose({ filters: 4, kernelSize: 3, strides: 2, useBias: false }),
      new GroupedConv1D({ filters: 6, kernelSize: 2, groups: 2, padding: 'causal' }),
      new EinsumDense({ equation: 'abc,cde->abde', outputShape: [null, 3, 2], biasAxes: 'e', activation: 'tanh' }),
    ),
  'pooling to a size': () =>
    stack(
      new AdaptiveAveragePooling2D({ ...picture, outputSize: [4, 5], dataFormat: 'channelsFirst' }),
      new AdaptiveMaxPooling2D({ outputSize: 3 }),
    ),
  'normalizations that tfjs has not': () =>
    stack(
      new GroupNormalization({ ...picture, groups: 2, axis: 1, gammaRegularizer: 'l1l2', betaConstraint: 'nonNeg' }),
      new RMSNormalization({ axis: [2, 3], epsilon: 0.01 }),
      new RmsScalingNormalization({ axis: -1, center: false }),
    ),
  attention: () => {
    const x = input({ shape: [4, 6], name: 'x' });
    const of = (layer: layers.Layer, ...inputs: unknown[]) => layer.apply(inputs as SymbolicTensor[]) as SymbolicTensor;
    const self = new MultiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 2, useGate: true, useCausalMask: true });
    const y = of(layers.add(), x, of(self, x, x));
    const keyed = of(new MultiHeadAttention({ numHeads: 1, keyDim: 2, outputShape: 6, useBias: false }), y, x, y);
    const grouped = new GroupedQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2, slidingWindow: 2 });
    const z = of(layers.add(), keyed, of(grouped, keyed, x));
    const plain = of(new Attention({ useScale: true, scoreMode: 'concat' }), z, y);
    const sums = of(new AdditiveAttention({ useCausalMask: true }), plain, z, y);
    return functional({ inputs: x, outputs: sums, name: 'attending' });
  },
  'a functional model with branches': () => {
    const x = input({ shape: [6, 6, 2], name: 'picture' });
    const left = layers.conv2d({ filters: 3, kernelSize: 1, name: 'left' }).apply(x) as SymbolicTensor;
    const right = layers.conv2d({ filters: 3, kernelSize: 1, name: 'right' }).apply(x) as SymbolicTensor;
    const sum = layers.add().apply([left, right]) as SymbolicTensor;
    const all = layers.concatenate({ axis: -1 }).apply([sum, left, x]) as SymbolicTensor;
    const mean = layers.globalAveragePooling2d({}).apply(all) as SymbolicTensor;
    return functional({ inputs: x, outputs: mean, name: 'branches' });
  },
  'a model within a model, called twice': () => {
    const body = sequential({ name: 'body' });
    body.add(layers.dense({ inputShape: [4], units: 3, name: 'inner' }));
    body.add(layers.batchNormalization({ name: 'norm' }));
    body.add(layers.dense({ units: 2, name: 'last' }));
    const [a, b] = [input({ shape: [4] }), input({ shape: [4] })];
    const both = layers.multiply().apply([body.apply(a), body.apply(b)] as SymbolicTensor[]);
    return functional({ inputs: [a, b], outputs: both as SymbolicTensor, name: 'siamese' });
  },
};

function stack(...list: layers.Layer[]): LayersModel {
  const model = sequential();
  for (const layer of list) model.add(layer);
  return model;
}

/** Weights that no initializer gives, the same for each call. */
function disturb(model: LayersModel): LayersModel {
  modelVariables(model).forEach(({ variable }, i) => {
    const values = Float32Array.from({ length: variable.size }, (_, j) => Math.abs(Math.sin(i + 1 + j * 0.7)));
    variable.assign(tf.tensor(values, variable.shape, variable.dtype));
  });
  return model;
}

function predict(model: LayersModel): number[] {
  return tf.tidy(() => {
    const inputs = model.inputs.map(({ shape }, i) => {
      const size = [2, ...shape.slice(1)] as number[];
      const whole = Float32Array.from({ length: size.reduce((a, b) => a * b) }, (_, j) => ((j * 7 + i) % 9) + 0.5);
      return tf.tensor(model.layers[0].getClassName() === 'Embedding' ? whole.map(Math.floor) : whole, size);
    });
    const output = model.predict(inputs.length === 1 ? inputs[0] : inputs) as tf.Tensor;
    return [...output.dataSync()];
  });
}

describe.each(Object.entries(models))('%s', (_, build) => {
  it.each(['h5', 'keras', 'json'])('comes back whole from .%s', async suffix => {
    const model = disturb(build());
    const file = join(folder, `model.${suffix}`);
    await saveModel(model, file);
    const loaded = await loadModel(file);
    expect(loaded).toMatchObject({ training: null, optimizerState: null, warnings: [] });
    expect(predict(loaded.model)).toEqual(predict(model));
  });

  it.each(['weights.h5', 'safetensors'])('takes its weights back from .%s', async suffix => {
    const model = disturb(build());
    const file = join(folder, `model.${suffix}`);
    await saveModel(model, file);
    const before = predict(model);
    for (const { variable } of modelVariables(model)) variable.assign(tf.zerosLike(variable));
    await loadWeights(model, file);
    expect(predict(model)).toEqual(before);
  });
});

const mlp = (): LayersModel =>
  stack(layers.dense({ name: 'first', inputShape: [3], units: 2 }), layers.dense({ name: 'second', units: 4 }));

/** A learner's state with a `velocity` and a `momentum` for each weight. */
function stateOf(model: LayersModel) {
  const filled = (name: string, shape: number[], value: number): NamedArray => ({
    name,
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  });
  const variables = modelVariables(model);
  return {
    weights: variables.map(({ name, variable }, i) => filled(name, variable.shape, i)),
    slots: variables.flatMap(({ name, variable }, i) => [
      filled(`${name}/momentum`, variable.shape, 10 + i),
      filled(`${name}/velocity`, variable.shape, 20 + i),
    ]),
  };
}

describe('saveModel with a learner’s state', () => {
  const optimizer = { className: 'Adam', parameters: { learning_rate: 0.5, beta_1: 0.8 } };

  it.each(['h5', 'keras'])('brings back weights, optimizer and slots from .%s', async suffix => {
    const model = mlp();
    const learnerState = stateOf(model);
    const file = join(folder, `model.${suffix}`);
    const training = { optimizer, loss: 'mean_squared_error', metrics: ['accuracy'] };
    await saveModel(model, file, { learnerState, iterations: 7, ...training });
    const loaded = await loadModel(file);
    expect(loaded.training).toEqual(training);
    expect(loaded.optimizerState?.iterations).toBe(7);
    expect(await learnerStateOf(loaded)).toEqual({ ...learnerState, iterations: 7 });
  });

  it.each(['h5', 'keras'])("writes a loss of lossByName into .%s in Keras's words", async suffix => {
    const file = join(folder, `model.${suffix}`);
    await saveModel(mlp(), file, { optimizer, loss: lossByName('huber', { delta: 2 }) });
    const { training } = await loadModel(file);
    expect(training?.loss).toMatchObject({ class_name: 'Huber', config: { delta: 2 } });
    expect(savedLoss(training?.loss)).toMatchObject({ name: 'huber', config: { delta: 2 } });
  });

  it('writes whole numbers as Keras wants them where it takes floats alone', async () => {
    const file = join(folder, 'model.keras');
    const metrics = [{ class_name: 'FBetaScore', config: { beta: 1, threshold: 1 } }];
    await saveModel(mlp(), file, { optimizer, loss: 'mse', metrics });
    expect((await readFile(file)).toString('latin1')).toContain('{"beta":1.0,"threshold":1.0}');
  });

  it('says in a .keras file which Keras it is for, and when it was written, and leaves nothing beside it', async () => {
    const file = join(folder, 'model.keras');
    await saveModel(mlp(), file, { optimizer, loss: 'mse' });
    expect(await readdir(folder)).toEqual(['model.keras']);
    const zip = await ZipReader.open(file);
    const metadata = JSON.parse(await zip.text('metadata.json', 1000));
    await zip.close();
    expect(metadata).toEqual({
      keras_version: expect.stringMatching(/^3\.\d+\.\d+$/),
      date_saved: expect.stringMatching(/^\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d$/),
    });
    expect(await inspectFile(file)).toMatchObject({ format: 'keras', writer: `Keras ${metadata.keras_version}` });
  });

  it('says in an .h5 file which Keras it is for, where Keras looks for it', async () => {
    const file = join(folder, 'model.h5');
    await saveModel(mlp(), file, { optimizer, loss: 'mse' });
    const stored = await Hdf5Reader.open(file);
    for (const place of ['', 'model_weights']) {
      expect(stored.text(place, 'backend')).toBe('tensorflow');
      expect(stored.text(place, 'keras_version')).toMatch(/^3\.\d+\.\d+$/);
    }
    expect(stored.texts('model_weights/top_level_model_weights', 'weight_names')).toEqual([]);
    stored.close();
  });

  it('writes no loss that is a function', async () => {
    const saving = saveModel(mlp(), join(folder, 'model.keras'), { optimizer, loss: () => 1 });
    await expect(saving).rejects.toThrow(/is code, which no model file can hold/);
  });

  it.each(['model.h5', 'model.keras', 'model.json'])('keeps what weighs the loss and the metrics in %s', async name => {
    const file = join(folder, name);
    const weighted = { lossWeights: 2, weightedMetrics: ['mae'] };
    await saveModel(mlp(), file, { optimizer, loss: 'mse', ...weighted });
    const { training, warnings } = await loadModel(file);
    expect(training).toMatchObject(weighted);
    expect(warnings).toEqual([]);
    // Keras takes no whole number for a weight.
    if (name !== 'model.json') expect((await readFile(file)).toString('latin1')).toContain('"loss_weights":2.0');
    await saveModel(mlp(), file, { optimizer, loss: savedLoss('mse', 0.5) });
    expect((await loadModel(file)).training?.lossWeights).toBe(0.5);
  });

  it('writes the legacy decay as the schedule that it is', async () => {
    const file = join(folder, 'model.keras');
    const parameters = { learning_rate: 0.5, decay: 0.01 };
    await saveModel(mlp(), file, { optimizer: { className: 'SGD', parameters }, loss: 'mse' });
    expect((await loadModel(file)).training?.optimizer?.parameters.learning_rate).toEqual({
      class_name: 'InverseTimeDecay',
      config: { initial_learning_rate: 0.5, decay_steps: 1, decay_rate: 0.01, staircase: false },
    });
  });

  it.each(['h5', 'keras'])(
    'writes rates and momentum as Python’s floats, which Keras demands, to .%s',
    async suffix => {
      const file = join(folder, `model.${suffix}`);
      const parameters = { learning_rate: 1, momentum: 0 };
      await saveModel(mlp(), file, { optimizer: { className: 'SGD', parameters }, loss: 'mse' });
      expect((await readFile(file)).includes('"momentum":0.0')).toBe(true);
      expect((await readFile(file)).includes('"learning_rate":1.0')).toBe(true);
      expect((await loadModel(file)).training?.optimizer?.parameters).toEqual(parameters);
    },
  );

  it('refuses a state that lacks a slot, or belongs to another model', async () => {
    const model = mlp();
    const { weights, slots } = stateOf(model);
    const file = join(folder, 'model.h5');
    await expect(
      saveModel(model, file, { learnerState: { weights, slots: slots.slice(1) }, optimizer }),
    ).rejects.toThrow(/lacks 'first\/kernel\/momentum'/);
    await expect(saveModel(model, file, { learnerState: { weights: weights.slice(1), slots: [] } })).rejects.toThrow(
      /'first\/kernel' of shape \[3,2\] it has nothing/,
    );
    expect(await readdir(folder)).not.toContain('model.h5');
  });

  it('leaves the state out, with a warning, where it does not fit the optimizer', async () => {
    const model = mlp();
    const file = join(folder, 'model.weights.h5');
    await saveModel(model, file, { learnerState: stateOf(model), optimizer });
    const sgd = { className: 'SGD', parameters: { momentum: 0.9 } };
    const other = await loadWeights(model, file, sgd);
    expect(other.optimizerState).toBeNull();
    expect(other.warnings[0]).toMatch(/SGD doesn't fit the model: for momentum of trainable weight 1/);
    const fewer = await loadWeights(model, file, { className: 'SGD', parameters: {} });
    expect(fewer.warnings[0]).toMatch(/SGD has no place for 8 of the file's arrays/);
    const unknown = await loadWeights(model, file, { className: 'Shampoo', parameters: {} });
    expect(unknown.optimizerState).toBeNull();
    expect(unknown.warnings[0]).toMatch(/Shampoo/);
  });
});

describe('files are told apart by their names', () => {
  it('names the known endings for any other', async () => {
    await expect(saveModel(mlp(), join(folder, 'model.pt'))).rejects.toThrow(
      /'model\.pt' by its name; known endings: .*\.keras/,
    );
  });

  it('says that there is no file', async () => {
    await expect(loadModel(join(folder, 'none.h5'))).rejects.toThrow(/There is no file/);
  });

  it('says what to do with weights alone', async () => {
    const file = join(folder, 'a.weights.h5');
    await saveModel(mlp(), file);
    await expect(loadModel(file)).rejects.toThrow(/holds weights alone.*loadWeights/);
    await expect(loadArchitecture(file)).rejects.toThrow('a.weights.h5 holds weights alone, no architecture');
  });
});

describe('loadWeights', () => {
  it('names the layer and both shapes, and changes nothing, where one shape differs', async () => {
    const file = join(folder, 'other.weights.h5');
    await saveModel(stack(layers.dense({ inputShape: [3], units: 2 }), layers.dense({ units: 5 })), file);
    const model = disturb(mlp());
    const before = predict(model);
    await expect(loadWeights(model, file)).rejects.toThrow(/layer 'second': its kernel has shape \[2,4\].*\[2,5\]/);
    expect(predict(model)).toEqual(before);
  });

  it.each(['h5', 'weights.h5', 'safetensors', 'json'])(
    'names what is missing in another architecture’s .%s',
    async suffix => {
      const file = join(folder, `one.${suffix}`);
      await saveModel(stack(layers.dense({ name: 'first', inputShape: [3], units: 2 })), file);
      await expect(loadWeights(mlp(), file)).rejects.toThrow(/second/);
    },
  );

  it.each([
    [
      'h5',
      'it has 2 layers with weights, the model 1',
      "layer 'second' has 1 weights (kernel), but the file's 'second' 2",
    ],
    ['weights.h5', '2 weights in it have no place in the model: layers/dense_1', '1 weights in it have no place'],
  ])('names what another architecture’s .%s has and the model lacks', async (suffix, layer, weight) => {
    const file = join(folder, `more.${suffix}`);
    await saveModel(mlp(), file);
    const first = layers.dense({ name: 'first', inputShape: [3], units: 2 });
    const unbiased = layers.dense({ name: 'second', units: 4, useBias: false });
    await expect(loadWeights(stack(first), file)).rejects.toThrow(layer);
    const model = disturb(stack(layers.dense({ name: 'first', inputShape: [3], units: 2 }), unbiased));
    const before = predict(model);
    await expect(loadWeights(model, file)).rejects.toThrow(weight);
    expect(predict(model)).toEqual(before);
  });

  it('passes over the state of random generators, which Keras stores with the layers that draw', async () => {
    const file = join(folder, 'model.weights.h5');
    const stored = await Hdf5Writer.create(file);
    stored.array('layers/dense/vars/0', Float32Array.of(1, 2, 3), [3, 1]);
    stored.array('layers/dense/vars/1', Float32Array.of(4), [1]);
    stored.array('layers/dropout/seed_generator/vars/0', Uint32Array.of(7, 0), [2]);
    stored.close();
    const model = stack(layers.dense({ inputShape: [3], units: 1 }), layers.dropout({ rate: 0.5 }));
    await loadWeights(model, file);
    expect(model.getWeights().map(weight => [...weight.dataSync()])).toEqual([[1, 2, 3], [4]]);
  });
});

describe('custom and hostile configs', () => {
  class Doubling extends layers.Layer {
    static readonly className = 'Doubling';
    override computeOutputShape(shape: number[]) {
      return shape;
    }
    override call(inputs: tf.Tensor | tf.Tensor[]) {
      return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, 2);
    }
  }

  it('builds a custom layer once its class is registered, and says how before', async () => {
    const file = join(folder, 'custom.keras');
    const model = stack(layers.dense({ inputShape: [3], units: 2 }), new Doubling({ name: 'twice' }));
    await saveModel(model, file);
    await expect(loadModel(file)).rejects.toThrow(/'twice'.*'Doubling'.*registerClass.*className = 'Doubling'/);
    tf.serialization.registerClass(Doubling);
    expect(predict((await loadModel(file)).model)).toEqual(predict(model));
  });

  it.each([
    ['Lambda', { name: 'evil', function: ['code'] }, /Lambda 'evil'.*never run/],
    [
      'UpSampling2D',
      { name: 'up', interpolation: 'bicubic' },
      /UpSampling2D 'up': 'interpolation' "bicubic" is not known/,
    ],
    ['Dense', { name: 'd', units: 2, activation: 'wobble' }, /Dense 'd': unknown activation 'wobble'/],
    ['Dense', { name: 'd', units: 2, dtype: 'float64' }, /can't compute in the type "float64"/],
    ['Conv3D', { name: 'c', filters: 2, kernel_size: [1], groups: 2 }, /'groups' 2 is not known here/],
    ['Dense', { name: 'd', units: 2, kernel_regularizer: { class_name: 'Orthogonality', config: {} } }, /regularizer/],
  ])('refuses %s %j', async (class_name, config, problem) => {
    const file = join(folder, 'config.json');
    const layer = { class_name, config: { ...config, batch_input_shape: [null, 4, 4] } };
    await writeFile(file, JSON.stringify({ class_name: 'Sequential', config: { name: 's', layers: [layer] } }));
    await expect(loadArchitecture(file)).rejects.toThrow(problem);
    await expect(loadArchitecture(file)).rejects.toThrow(UnsupportedModelError);
  });

  it.each([
    ['RandomFlip', {}, /RandomFlip 'x': Keras has this layer, gradstream doesn't: it prepares or augments data/],
    ['ConvLSTM3D', {}, /gradstream doesn't yet.*registerClass.*className = 'ConvLSTM3D'/],
    ['TextVectorization', {}, /makes numbers of words/],
    ['TorchModuleWrapper', {}, /another library, which is never run/],
    ['LocallyConnected2D', {}, /Keras 2 has this layer/],
    ['Dens', {}, /unknown layer class 'Dens' \(did you mean Dense\?\)/],
    ['MaxPooling1D', { data_format: 'channels_first' }, /'data_format' "channels_first" is not known/],
    ['Conv2DTranspose', { filters: 1, kernel_size: [1, 1], dilation_rate: [2, 2] }, /'dilation_rate' \[2,2\]/],
    ['Dense', { units: 2, activity_regularizer: { class_name: 'L2', config: {} } }, /ActivityRegularization behind it/],
  ])('says what there is of %s %j', async (class_name, config, problem) => {
    const file = join(folder, 'config.json');
    const layer = { class_name, config: { name: 'x', ...config, batch_input_shape: [null, 4, 4] } };
    await writeFile(file, JSON.stringify({ class_name: 'Sequential', config: { name: 's', layers: [layer] } }));
    await expect(loadArchitecture(file)).rejects.toThrow(problem);
    await expect(loadArchitecture(file)).rejects.toThrow(UnsupportedModelError);
  });

  const tensor = (shape: unknown, name = 'in') => ({
    class_name: '__keras_tensor__',
    config: { shape, dtype: 'float32', keras_history: [name, 0, 0] },
  });
  it.each([
    ['a list, .keras', { module: 'keras.src.ops.numpy' }, [tensor([null, 4]), [2, 3, 4, 5]], null],
    ['a list, .h5', {}, [tensor([null, 4]), [2, 3, 4, 5]], null],
    ['a number, .keras', { module: 'keras.src.ops.numpy' }, [tensor([null, 4]), 2], (x: number) => 2 * x],
    ['a number, .h5', {}, [2, tensor([null, 4])], (x: number) => 2 * x],
    ['tensors of other ranks', {}, [tensor([null, 4]), tensor([4])], null],
    ['two tensors', {}, [tensor([null, 4]), tensor([null, 4])], (x: number) => x * x],
  ])('an operation on %s', async (_, module, args, result) => {
    const file = join(folder, 'config.json');
    const input = {
      class_name: 'InputLayer',
      name: 'in',
      config: { name: 'in', batch_shape: [null, 4] },
      inbound_nodes: [],
    };
    const operation = {
      ...module,
      class_name: 'Multiply',
      name: 'op',
      config: { name: 'op' },
      inbound_nodes: [{ args, kwargs: {} }],
    };
    const config = {
      name: 'm',
      layers: [input, operation],
      input_layers: [['in', 0, 0]],
      output_layers: [['op', 0, 0]],
    };
    await writeFile(file, JSON.stringify({ class_name: 'Functional', config, keras_version: '3.15.1' }));
    if (result !== null)
      expect(predict(await loadArchitecture(file))).toEqual(
        [0, 1, 2, 3, 4, 5, 6, 7].map(i => result(((i * 7) % 9) + 0.5)),
      );
    else await expect(loadArchitecture(file)).rejects.toThrow(/Multiply 'op': it is an operation of keras\.ops/);
  });

  it('refuses to write what Keras 3 would compute otherwise', async () => {
    const model = stack(layers.lstm({ ...series, units: 2, name: 'old' }));
    await expect(saveModel(model, join(folder, 'a.keras'))).rejects.toThrow(/LSTM 'old'.*hard_sigmoid/);
  });

  it('keeps the old file whole where a new one cannot be written', async () => {
    const file = join(folder, 'kept.h5');
    await saveModel(mlp(), file);
    const before = await readFile(file);
    await expect(saveModel(stack(layers.lstm({ ...series, units: 2 })), file)).rejects.toThrow(UnsupportedModelError);
    expect((await readFile(file)).equals(before)).toBe(true);
    expect((await readdir(folder)).filter(name => name.includes('kept'))).toEqual(['kept.h5']);
  });

  it.each(['../weights.bin', '/etc/passwd', '..'])('refuses a tfjs model with weights in %s', async path => {
    const file = join(folder, 'climb.json');
    await saveModel(mlp(), file);
    const json = JSON.parse(await readFile(file, 'utf8'));
    json.weightsManifest[0].paths = [path];
    await writeFile(file, JSON.stringify(json));
    await expect(loadModel(file)).rejects.toThrow(/refused/);
  });
});

it('writes a constraint of a depthwise kernel, not its regularizer in its place', async () => {
  const file = join(folder, 'constrained.json');
  await saveModel(models['DepthwiseConv2D with a constraint'](), file);
  const [{ config }] = JSON.parse(await readFile(file, 'utf8')).modelTopology.config.layers;
  expect(config.depthwise_constraint).toEqual({ class_name: 'NonNeg', config: {} });
  expect(config.depthwise_regularizer.class_name).toBe('L1L2');
});

it('replaces a tfjs model without touching the weights that the old one names', async () => {
  const place = join(folder, 'replaced');
  const file = join(place, 'm.json');
  const [before, after] = [mlp(), models['DepthwiseConv2D with a constraint']()];
  const weightFiles: string[] = [];
  for (const model of [before, after, before, after]) {
    await saveModel(model, file);
    expect((await loadModel(file)).model.countParams()).toBe(model.countParams());
    const [json, binary, ...more] = (await readdir(place)).sort();
    expect([json, more]).toEqual(['m.json', []]);
    weightFiles.push(binary);
  }
  expect(weightFiles).toEqual(['m.weights.bin', 'm.weights-2.bin', 'm.weights.bin', 'm.weights-2.bin']);
});

it('refuses weights that are longer than the tfjs model says', async () => {
  const file = join(folder, 'longer.json');
  await saveModel(mlp(), file);
  await appendFile(join(folder, 'longer.weights.bin'), Buffer.alloc(4));
  await expect(loadModel(file)).rejects.toThrow(
    /longer\.weights\.bin: 84 bytes, where the model's weights have 80: those of another/,
  );
});

it('frees all tensors of a model that turns out not to fit', async () => {
  const file = join(folder, 'cut.json');
  await saveModel(mlp(), file);
  const json = JSON.parse(await readFile(file, 'utf8'));
  json.weightsManifest[0].weights.pop();
  await writeFile(file, JSON.stringify(json));
  const binary = join(folder, 'cut.weights.bin');
  await writeFile(binary, (await readFile(binary)).subarray(0, -16));
  const before = tf.memory().numTensors;
  await expect(loadModel(file)).rejects.toThrow(/'second\/bias' is missing/);
  expect(tf.memory().numTensors).toBe(before);
});

it('a frozen layer stays frozen', async () => {
  const model = mlp();
  model.layers[0].trainable = false;
  const file = join(folder, 'frozen.keras');
  await saveModel(model, file);
  expect((await loadModel(file)).model.layers.map(layer => layer.trainable)).toEqual([false, true]);
  expect((await inspectFile(file)).layers.map(layer => layer.trainable)).toEqual([true, false, true]);
});
