import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileFormatError } from '../../../../src/error/fileFormatError.js';
import { createLearner } from '../../../../src/learner/createLearner.js';
import { summary } from '../../../../src/model/summary.js';
import { loadArchitecture } from '../../../../src/saving/loadArchitecture.js';
import { temporaryFolder } from '../../file/temporaryFolder.js';

beforeAll(() => tf.setBackend('cpu'));

/** An output of a layer's call. */
type Source = readonly [layer: string, call: number];

interface Layer {
  readonly class_name: string;
  readonly name: string;
  readonly config: object;
  readonly inbound_nodes: readonly unknown[];
}

const call = (sources: readonly Source[], kwargs: object = {}) => {
  const tensors = sources.map(([layer, number]) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 1], dtype: 'float32', keras_history: [layer, number, 0] },
  }));
  return { args: tensors.length === 1 ? tensors : [tensors], kwargs };
};

const layer = (
  class_name: string,
  name: string,
  calls: readonly (readonly Source[])[],
  config: object = {},
): Layer => ({
  class_name,
  name,
  // Without, Keras means an operation.
  config: { name, trainable: true, ...config },
  inbound_nodes: calls.map(sources => call(sources)),
});

const input = (name: string): Layer => layer('InputLayer', name, [], { batch_shape: [null, 1] });

const scaled = (name: string, scale: number, offset: number, calls: readonly Source[]): Layer =>
  layer(
    'Rescaling',
    name,
    calls.map(source => [source]),
    { scale, offset },
  );

const functional = (layers: readonly Layer[], inputs: readonly string[], outputs: unknown): object => ({
  class_name: 'Functional',
  name: 'm',
  config: { name: 'm', layers, input_layers: inputs.map(name => [name, 0, 0]), output_layers: outputs },
});

async function load(config: object): Promise<LayersModel> {
  const file = join(temporaryFolder(), 'config.json');
  await writeFile(file, JSON.stringify({ ...config, keras_version: '3.15.1' }));
  return loadArchitecture(file);
}

const predict = (model: LayersModel, ...inputs: number[]): number[] =>
  tf.tidy(() => {
    const tensors = inputs.map(value => tf.tensor2d([[value]]));
    return [model.predict(tensors.length === 1 ? tensors[0] : tensors)].flat().map(output => output.dataSync()[0]);
  });

describe('a functional model', () => {
  it('keeps the calls of a shared layer apart, in whatever order they can be made', async () => {
    const shared = scaled('d', 2, 1, [
      ['x', 0],
      ['sum', 0],
      ['y', 0],
    ]);
    const sum = layer('Add', 'sum', [
      [
        ['d', 0],
        ['x', 0],
      ],
    ]);
    const difference = layer('Subtract', 'difference', [
      [
        ['d', 1],
        ['d', 2],
      ],
    ]);
    const layers = [input('x'), input('y'), shared, sum, difference];
    // d(d(1) + 1) − d(10)
    expect(predict(await load(functional(layers, ['x', 'y'], [['difference', 0, 0]])), 1, 10)).toEqual([-12]);
  });

  it('computes what its graph says, however layers are shared and listed', async () => {
    /** Each step makes a value of earlier ones: by one of three shared layers, or by a new sum. */
    const step = fc.record({ kind: fc.nat(3), a: fc.nat(), b: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(), async (steps, rotation) => {
        const values: { readonly source: Source; readonly value: number }[] = [{ source: ['x', 0], value: 1 }];
        const calls: Source[][] = [[], [], []];
        const sums: Layer[] = [];
        for (const { kind, a, b } of steps) {
          const [first, second] = [values[a % values.length], values[b % values.length]];
          if (kind < 3) {
            calls[kind].push(first.source);
            values.push({ source: [`shared${kind}`, calls[kind].length - 1], value: first.value / 2 + kind });
          } else {
            const name = `sum${sums.length}`;
            sums.push(layer('Add', name, [[first.source, second.source]]));
            values.push({ source: [name, 0], value: first.value + second.value });
          }
        }
        const shared = calls.map((sources, kind) => scaled(`shared${kind}`, 0.5, kind, sources));
        const used = [...shared.filter(({ inbound_nodes }) => inbound_nodes.length > 0), ...sums];
        const at = rotation % used.length;
        const layers = [input('x'), ...used.slice(at), ...used.slice(0, at)];
        const results = values.slice(1);
        const outputs = results.map(({ source }) => [...source, 0]);
        const model = await load(functional(layers, ['x'], outputs));
        const found = predict(model, 1);
        model.dispose();
        expect(found).toEqual(results.map(({ value }) => Math.fround(value)));
      }),
      { numRuns: 60 },
    );
  });

  it('gives outputs that have names in the order of these, as Keras does', async () => {
    const layers = [input('x'), scaled('first', 2, 0, [['x', 0]]), scaled('second', 3, 0, [['x', 0]])];
    const model = await load(functional(layers, ['x'], { z: ['first', 0, 0], a: ['second', 0, 0] }));
    expect(predict(model, 1)).toEqual([3, 2]);
    expect(model.outputs.map(({ sourceLayer }) => sourceLayer.name)).toEqual(['second', 'first']);
  });

  it('calls a model of several inputs, for which Keras writes a mask each', async () => {
    const pair = functional(
      [
        input('a'),
        input('b'),
        layer('Subtract', 'difference', [
          [
            ['a', 0],
            ['b', 0],
          ],
        ]),
      ],
      ['a', 'b'],
      [['difference', 0, 0]],
    );
    const sources: Source[] = [
      ['y', 0],
      ['x', 0],
    ];
    const called = {
      ...pair,
      inbound_nodes: [call(sources, { mask: [null, null], training: false })],
    } as unknown as Layer;
    const layers = [input('x'), input('y'), called];
    expect(predict(await load(functional(layers, ['x', 'y'], [['m', 1, 0]])), 1, 10)).toEqual([9]);
  });

  it('may call a layer with several shapes: the summary has the last, and what it takes of itself', async () => {
    const flat = layer('InputLayer', 'x', [], { batch_shape: [null, 3] });
    const tall = layer('InputLayer', 'y', [], { batch_shape: [null, 4, 3] });
    const head = layer('Dense', 'head', [[['x', 0]], [['y', 0]]], { units: 2 });
    const twice = layer('Activation', 'twice', [[['head', 1]], [['twice', 0]]], { activation: 'relu' });
    const model = await load(
      functional(
        [flat, tall, head, twice],
        ['x', 'y'],
        [
          ['head', 0, 0],
          ['twice', 1, 0],
        ],
      ),
    );
    const text = summary(model);
    expect(text).toMatch(/head \(Dense\) +│ \(None, 4, 2\) +│ +8 │ x\[0\]\[0\], y\[0\]\[0\]/);
    expect(text).toMatch(/head\[1\]\[0\],[\s\S]*twice\[0\]\[0\]/);
  });

  const chain = (changes: Partial<Record<'inputs' | 'outputs', unknown>>, ...layers: Layer[]): object => {
    const { config, ...rest } = functional(layers, ['x'], [['last', 0, 0]]) as { readonly config: object };
    const { inputs, outputs } = changes;
    const ends = {
      ...(inputs !== undefined && { input_layers: inputs }),
      ...(outputs !== undefined && { output_layers: outputs }),
    };
    return { ...rest, config: { ...config, ...ends } };
  };
  const good = [input('x'), scaled('last', 2, 0, [['x', 0]])];

  it.each<[string, object, RegExp]>([
    [
      'an unknown source',
      chain({}, input('x'), scaled('last', 2, 0, [['y', 0]])),
      /'last': it takes what layer 'y' gives, which/,
    ],
    [
      'a call that is not made',
      chain({}, input('x'), scaled('last', 2, 0, [['x', 1]])),
      /call 1 of layer 'x', which has 1 call/,
    ],
    ['a negative call', chain({}, input('x'), scaled('last', 2, 0, [['x', -1]])), /call -1 of layer 'x'/],
    [
      'a layer that is its own source',
      chain({}, input('x'), scaled('last', 2, 0, [['last', 0]])),
      /'last': it waits for its own output/,
    ],
    [
      'layers that wait for each other',
      chain({}, input('x'), scaled('a', 1, 0, [['last', 0]]), scaled('last', 2, 0, [['a', 0]])),
      /'a': it waits for its own output/,
    ],
    [
      'a call of nothing',
      chain({}, input('x'), { ...good[1], inbound_nodes: [{ args: [], kwargs: {} }] }),
      /'last': one of its calls takes nothing/,
    ],
    [
      'calls that are no list',
      chain({}, input('x'), { ...good[1], inbound_nodes: 5 as never }),
      /'last': its 'inbound_nodes' are damaged/,
    ],
    [
      'a call that is no call',
      chain({}, input('x'), { ...good[1], inbound_nodes: [null] }),
      /'last': its 'inbound_nodes' are damaged/,
    ],
    [
      'a call that takes what is no layer',
      chain({}, input('x'), { ...good[1], inbound_nodes: [[5]] }),
      /'last': its 'inbound_nodes' are damaged/,
    ],
    ['two layers of one name', chain({}, ...good, good[1]), /'last': the model has two layers of that name/],
    ['unknown inputs', chain({ inputs: [['y', 0, 0]] }, ...good), /its 'input_layers': it takes what layer 'y' gives/],
    ['no inputs', chain({ inputs: null }, ...good), /its 'input_layers' are missing/],
    [
      'outputs of no call',
      chain({ outputs: [['last', 3, 0]] }, ...good),
      /its 'output_layers': .*call 3 of layer 'last', which has 1 call/,
    ],
    [
      'an output that is no number',
      chain({ outputs: [['last', 0, 0.5]] }, ...good),
      /output 0\.5 of call 0 of layer 'last'/,
    ],
    [
      'an output of half a call',
      chain({ outputs: [['last', 0.5, 0]] }, ...good),
      /output 0 of call 0\.5 of layer 'last'/,
    ],
    ['no layers', chain({}), /which the model doesn't have/],
  ])('is refused for %s', async (_, config, message) => {
    await expect(load(config)).rejects.toThrow(message);
    await expect(load(config)).rejects.toThrow(FileFormatError);
  });
});

describe('a Sequential that begins with a Sequential', () => {
  it('may have layers of the same name in both', async () => {
    const dense = { class_name: 'Dense', config: { name: 'dense', units: 2, kernel_initializer: 'ones' } };
    const entry = { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 3] } };
    const inner = { class_name: 'Sequential', config: { name: 'inner', layers: [entry, dense] } };
    for (const config of [
      { name: 'outer', layers: [entry, inner, dense] },
      { name: 'outer', layers: [inner, dense], build_input_shape: [null, 3] },
    ]) {
      const model = await load({ class_name: 'Sequential', config });
      const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse' });
      const { data } = await learner.predict({ data: Float32Array.of(1, 2, 3), shape: [1, 3] });
      expect([...data]).toEqual([12, 12]);
      expect(summary(model)).toMatch(/inner \(Sequential\) +│ \(None, 2\)/);
      await learner.dispose();
    }
  });
});
