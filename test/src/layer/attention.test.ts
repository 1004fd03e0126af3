import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { UnsupportedModelError } from '../../../src/error/unsupportedModelError.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { Attention } from '../../../src/layer/attention.js';
import { GlobalAveragePooling1D } from '../../../src/layer/globalPooling.js';
import { GroupedQueryAttention } from '../../../src/layer/groupedQueryAttention.js';
import { MaskFlow } from '../../../src/layer/maskFlow.js';
import { maskSource } from '../../../src/layer/maskSource.js';
import { MultiHeadAttention } from '../../../src/layer/multiHeadAttention.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { saveModel } from '../../../src/saving/saveModel.js';
import { nativeOrNull } from '../../helpers/native.js';
import { temporaryFolder } from '../file/temporaryFolder.js';

const backends = (await nativeOrNull()) === null ? ['cpu'] : ['cpu', 'tensorflow'];
beforeAll(() => tf.setBackend('cpu'));
afterAll(() => tf.setBackend('cpu'));

type Tensor = SymbolicTensor;
const of = (layer: layers.Layer, ...inputs: Tensor[]): Tensor =>
  layer.apply(inputs.length === 1 ? (inputs[0] as Tensor) : inputs) as Tensor;
const heads = { numHeads: 2, keyDim: 3 };
const mha = (): layers.Layer => new MultiHeadAttention(heads);

/** Of whole numbers; 0 is masked. */
function embedded(apply: (x: Tensor, other: Tensor) => Tensor): LayersModel {
  const x = input({ shape: [4] });
  const table = (maskZero: boolean) => layers.embedding({ inputDim: 5, outputDim: 4, maskZero });
  const made = model({ inputs: x, outputs: apply(of(table(true), x), of(table(false), x)) });
  initializeWeights(made, 3);
  return made;
}

const words = () => tf.tensor2d([1, 2, 0, 0, 3, 4, 1, 2], [2, 4]);
const predicted = (made: LayersModel, x: tf.Tensor = words()): tf.Tensor => made.predict(x) as tf.Tensor;

/** What comes out at the steps of the first example, before and after the row of the masked word is another. */
function changes(made: LayersModel): boolean[] {
  const before = predicted(made);
  for (const layer of made.layers.filter(({ name }) => name.startsWith('embedding'))) {
    const [table] = layer.getWeights() as [tf.Tensor2D];
    const other = tf.concat([tf.fill([1, 4], 2), tf.slice(table, [1, 0])]);
    layer.setWeights([other]);
  }
  const moved = tf.max(tf.abs(tf.sub(predicted(made), before)), -1);
  return [...tf.slice(tf.reshape(moved, [2, -1]), [0, 0], [1, -1]).dataSync()].map(value => value > 1e-6);
}

describe.each(backends)('masks of attention, on %s', backend => {
  beforeAll(() => tf.setBackend(backend));

  it.each<[string, (x: Tensor, other: Tensor) => Tensor, boolean[]]>([
    ['leave steps out', x => of(mha(), x), [false, false, false, false]],
    [
      'leave steps out of grouped heads',
      x => of(new GroupedQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 }), x),
      [false, false, false, false],
    ],
    ['make masked steps 0', x => of(new Attention(), x), [false, false, false, false]],
    ['of the query alone let its own steps see all', (x, other) => of(mha(), x, other), [true, true, true, true]],
    // Its second tensor isn't masked any more, but its own steps are.
    [
      'go on through a sum',
      x => of(mha(), of(layers.add(), x, of(layers.dense({ units: 4 }), x))),
      [false, false, false, false],
    ],
    [
      'end where not all of a sum have one',
      (x, other) => of(mha(), of(layers.add(), x, other)),
      [true, true, true, true],
    ],
    [
      'are taken off what a layer has attended to',
      x => of(mha(), of(layers.add(), x, of(mha(), x))),
      [true, true, true, true],
    ],
    [
      'stay on what it has not attended to',
      x => of(mha(), of(layers.add(), x, of(mha(), of(layers.layerNormalization(), x)))),
      [false, false, false, false],
    ],
  ])('%s', (_, apply, expected) => {
    const made = embedded(apply);
    // Masked steps of the query see all alike: they take part in nothing that follows.
    const found = changes(made);
    expect(found.slice(0, 2)).toEqual(expected.slice(0, 2));
  });

  it('a step that sees nothing sees all alike, or nothing where weights are dropped', () => {
    const [plain, dropping] = [0, 0.5].map(dropout =>
      embedded(x => of(new MultiHeadAttention({ ...heads, dropout }), x)),
    );
    const empty = tf.zeros([1, 4]);
    const bias = (made: LayersModel): number[] => [...(made.getWeights().at(-1) as tf.Tensor).dataSync()];
    for (const made of [plain, dropping] as LayersModel[]) {
      const weights = made.layers.at(-1)?.getWeights() as tf.Tensor[];
      made.layers.at(-1)?.setWeights(weights.map((w, i) => (i === 7 ? tf.fill(w.shape, 0.25) : w)));
    }
    expect([...predicted(dropping as LayersModel, empty).dataSync()].slice(0, 4)).toEqual(
      bias(dropping as LayersModel),
    );
    expect([...predicted(plain as LayersModel, empty).dataSync()].slice(0, 4)).not.toEqual(bias(plain as LayersModel));
  });

  it('a mean of sequences leaves out the steps that a mask through attention leaves out, and no others', () => {
    const mean = () => new GlobalAveragePooling1D();
    const through = embedded(x => of(mean(), of(layers.add(), x, of(mha(), x))));
    expect(changes(through)[0]).toBe(false);
    const ended = embedded((x, other) => of(mean(), of(layers.add(), x, other)));
    expect(changes(ended)[0]).toBe(true);
  });

  it('weights are dropped by the seed alone, others in each step', () => {
    const made = sequential({ layers: [new MultiHeadAttention({ ...heads, dropout: 0.5, inputShape: [6, 4] })] });
    initializeWeights(made, 1);
    const x = tf.tensor(
      Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
      [2, 6, 4],
    );
    const train = (step: number): number[] => {
      const seed = { tensor: tf.tensor1d([5, step], 'int32'), host: [5, step] as const };
      return [...applyModel(made, x, { training: true, seed }).output.dataSync()];
    };
    expect(train(0)).toEqual(train(0));
    expect(train(0)).not.toEqual(train(1));
    expect(train(0)).not.toEqual([...predicted(made, x).dataSync()]);
  });

  it('what attends to itself may be used again behind it', () => {
    const x = input({ shape: [3, 4] });
    const y = of(layers.dense({ units: 4 }), x);
    const made = model({ inputs: x, outputs: of(layers.add(), y, of(mha(), y, y, y)) });
    const single = model({ inputs: x, outputs: of(layers.add(), y, of(made.layers[2] as layers.Layer, y)) });
    const given = tf.ones([2, 3, 4]);
    expect([...predicted(made, given).dataSync()]).toEqual([...predicted(single, given).dataSync()]);
  });
});

describe('where masks go', () => {
  const flow = new MaskFlow();
  const outcome = (apply: (x: Tensor, other: Tensor) => Tensor): string => {
    const found = new MaskFlow().of(embedded(apply).outputs[0] as Tensor);
    return found === null || typeof found === 'string' ? String(found) : found.getClassName();
  };

  it.each<[string, (x: Tensor, other: Tensor) => Tensor, string]>([
    ['attention hands its query’s on', (x, other) => of(mha(), x, other), 'Embedding'],
    ['a sum hands on what all have', x => of(layers.add(), x, of(layers.dense({ units: 4 }), x)), 'Embedding'],
    ['a sum ends what not all have', (x, other) => of(layers.add(), x, other), 'null'],
    ['attention takes it off', x => of(layers.add(), x, of(mha(), x)), 'null'],
    ['Attention does not', x => of(layers.add(), x, of(new Attention(), x)), 'Embedding'],
    [
      'dropout is another tensor in training alone',
      x => of(layers.add(), x, of(mha(), of(layers.dropout({ rate: 0.5 }), x))),
      'unclear',
    ],
    [
      'dropout of nothing is the same tensor',
      x => of(layers.add(), x, of(mha(), of(layers.dropout({ rate: 0 }), x))),
      'null',
    ],
    ['who comes first is unclear', x => of(layers.add(), of(mha(), x), of(layers.dense({ units: 4 }), x)), 'unclear'],
    ['a concatenation puts several together', (x, other) => of(layers.concatenate(), x, other), 'unclear'],
    ['a flat vector has none', x => of(layers.flatten(), x), 'null'],
  ])('%s', (_, apply, expected) => {
    expect(outcome(apply)).toBe(expected);
  });

  it('nothing is taken off while a model is built', () => {
    const made = embedded(x => of(layers.add(), x, of(mha(), x)));
    expect(new MaskFlow({ symbolic: true }).of(made.outputs[0] as Tensor)).toBe(
      made.layers.find(({ name }) => name.startsWith('embedding')),
    );
    expect(maskSource(made, 0)).toBeNull();
    expect(flow.of(input({ shape: [2] }))).toBe('input');
  });

  it('what attention does not know, it refuses', async () => {
    const [value, two] = [
      embedded((x, other) => of(mha(), other, x)),
      embedded(x => of(layers.add(), of(mha(), x), of(mha(), x))),
    ];
    expect(() => predicted(value)).toThrow(/its value or key has a mask, its query has none/);
    expect(() => predicted(two)).toThrow(InvalidArgumentError);
    const saving = saveModel(value, `${temporaryFolder()}/model.keras`);
    await expect(saving).rejects.toThrow(/can't be written for Keras.*its value or key has a mask/);
    await expect(saving).rejects.toThrow(UnsupportedModelError);
  });

  it('a layer is called in one way', () => {
    const layer = mha();
    const [x, y] = [input({ shape: [3, 4] }), input({ shape: [3, 4] })];
    of(layer, x);
    of(layer, y, y);
    expect(() => of(layer, x, y)).toThrow(/are numbers 0,1, at first they were 0,0/);
  });

  it('a Sequential with attention is not Keras’s', async () => {
    const made = sequential({ layers: [new MultiHeadAttention({ ...heads, inputShape: [3, 4] })] });
    await expect(saveModel(made, `${temporaryFolder()}/model.keras`)).rejects.toThrow(/build a functional model/);
    const wrapped = sequential({ layers: [layers.timeDistributed({ layer: mha(), inputShape: [2, 3, 4] })] });
    await expect(saveModel(wrapped, `${temporaryFolder()}/model.keras`)).rejects.toThrow(
      /can't call the MultiHeadAttention/,
    );
  });
});
