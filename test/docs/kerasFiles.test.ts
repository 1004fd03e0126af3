import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { transform } from 'esbuild';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLearner } from '../../src/learner/createLearner.js';
import { initializeWeights } from '../../src/model/initializeWeights.js';
import { adam } from '../../src/optimizer/adam.js';
import { type KerasLayerClass, kerasLayers } from '../../src/saving/keras/kerasLayers.js';
import { optimizerConfigOf } from '../../src/saving/keras/optimizerConfigOf.js';
import { loadModel } from '../../src/saving/loadModel.js';
import { saveModel } from '../../src/saving/saveModel.js';
import { nativeOrNull } from '../helpers/native.js';
import { temporaryFolder } from '../src/file/temporaryFolder.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/keras-files.md'), 'utf8');
const native = await nativeOrNull();

/** Runs a program that the page shows, by the package's own name, in a folder. `examples.test.ts` checks its types. */
async function run(name: string, cwd: string): Promise<string> {
  const code = page.split(/```ts\n/).find(block => block.startsWith(`// ${name}\n`));
  const file = join(root, 'dist', `.docs-${name.replace('.ts', '.mjs')}`);
  writeFileSync(file, (await transform(code?.slice(0, code.indexOf('```')) ?? '', { loader: 'ts' })).code);
  try {
    return (await promisify(execFile)(process.execPath, [file], { cwd })).stdout;
  } finally {
    rmSync(file);
  }
}

const code = (text: unknown): string => `\`${text}\``;

/** What is less than in Keras, in words. */
function limits({ neutral = {}, allowed = {}, note, unwritable }: KerasLayerClass): string {
  const options = Object.entries({ ...allowed, ...neutral })
    // Read and ignored, whatever it says.
    .filter(([, values]) => !(values.includes(true) && values.includes(false)))
    .map(
      ([key, values]) =>
        `${code(key)} ${
          values
            .filter(value => value !== null && !Array.isArray(value))
            .map(value => code(JSON.stringify(value)))
            .join(' or ') || 'none'
        }`,
    );
  return [...options, ...(note ? [note] : []), ...(unwritable ? [`can't be written: ${unwritable}`] : [])].join('; ');
}

/** The tables of layer classes, as they stand on the page. */
function layerTables(): string {
  const rows = Object.entries(kerasLayers);
  const read = rows.filter(([, { refused, missing }]) => (refused ?? missing) === undefined);
  const whole = read.filter(([, row]) => limits(row) === '').map(([name]) => code(name));
  const limited = read.filter(([, row]) => limits(row) !== '');
  const byReason = new Map<string, string[]>();
  for (const [name, { refused, missing }] of rows) {
    const reason = refused ?? missing;
    if (reason !== undefined) byReason.set(reason, [...(byReason.get(reason) ?? []), code(name)]);
  }
  const grouped = new Map<string, string[]>();
  for (const [name, row] of limited) grouped.set(limits(row), [...(grouped.get(limits(row)) ?? []), code(name)]);
  return [
    `Read and written: ${whole.join(', ')}, and models as layers (\`Sequential\`, \`Functional\`).`,
    '',
    '| read and written, but | only with |',
    '| --- | --- |',
    ...[...grouped].map(([limit, names]) => `| ${names.join(', ')} | ${limit} |`),
    '',
    '| refused | why |',
    '| --- | --- |',
    ...[...byReason].map(([reason, names]) => `| ${names.join(', ')} | ${reason} |`),
  ].join('\n');
}

/** Without the padding that the formatter gives tables. */
const plain = (text: string): string =>
  text
    .replace(/\|[ -]*-[ -|]*\|/g, '| - |')
    .replace(/ +/g, ' ')
    .trim();

describe('the page on Keras’s files', () => {
  it('shows the table of layers that the code goes by', () => {
    const shown = /<!-- layers -->\n([\s\S]*?)<!-- \/layers -->/.exec(page)?.[1] ?? '';
    expect(plain(shown)).toBe(plain(layerTables()));
  });
});

function stack(...list: layers.Layer[]): LayersModel {
  const model = sequential({ layers: list });
  initializeWeights(model, 5);
  return model;
}

const values = (model: LayersModel, layer: string): Float32Array =>
  model.getLayer(layer).getWeights()[0].dataSync() as Float32Array;

describe.skipIf(native === null)('programs on the page on Keras’s files', () => {
  beforeAll(() => tf.setBackend('tensorflow'));

  it('fine-tunes a model', async () => {
    const folder = temporaryFolder();
    const base = stack(
      layers.conv2d({
        name: 'conv',
        inputShape: [32, 32, 3],
        filters: 4,
        kernelSize: 3,
        strides: 4,
        activation: 'relu',
      }),
      layers.globalAveragePooling2d({ name: 'pool' }),
      layers.dense({ name: 'ten', units: 10, activation: 'softmax' }),
    );
    await saveModel(base, join(folder, 'cifar10.h5'));
    for (const [name, background] of [
      ['cats', '#d04020'],
      ['dogs', '#2040d0'],
    ] as const) {
      mkdirSync(join(folder, 'photos', name), { recursive: true });
      for (let i = 0; i < 8; i++) {
        const picture = sharp({ create: { width: 40 + i, height: 40, channels: 3, background } });
        await picture.png().toFile(join(folder, 'photos', name, `${i}.png`));
      }
    }
    await run('fineTune.ts', folder);
    const { model } = await loadModel(join(folder, 'pets.keras'));
    expect(model.layers.map(({ name }) => name).slice(-3)).toEqual(['conv', 'pool', 'pets']);
    expect(model.layers.slice(1).every(({ trainable }) => trainable)).toBe(true);
    // Two epochs of two steps at 1e-5 are all that has reached it.
    const moved = values(model, 'conv').map((value, i) => Math.abs(value - values(base, 'conv')[i]));
    expect(Math.max(...moved)).toBeGreaterThan(0);
    expect(Math.max(...moved)).toBeLessThan(1e-4);
    const [red, blue] = [
      [208, 64, 32],
      [32, 64, 208],
    ].map(colour => tf.tile(tf.div(tf.tensor4d([[[colour]]]), 255), [1, 32, 32, 1]));
    const classes = tf.argMax(model.predict(tf.concat([red, blue])) as tf.Tensor, 1);
    expect([...classes.dataSync()]).toEqual([0, 1]);
  }, 60_000);

  it('goes on with an optimizer', async () => {
    const folder = temporaryFolder();
    const model = stack(layers.dense({ name: 'dense', inputShape: [3], units: 2, activation: 'softmax' }));
    const [optimizer, loss] = [adam(), 'sparse_categorical_crossentropy'];
    const learner = createLearner({ model, optimizer, loss });
    const x = { data: new Float32Array(12).fill(0.5), shape: [4, 3] };
    const y = { data: Int32Array.of(0, 1, 1, 0), shape: [4] };
    const batch = { kind: 'values', x, y, size: 4, epoch: 0, seed: 1, cursor: { epoch: 0, position: 4 } } as const;
    const step = (iterations: number) => learner.step(batch, { iterations, learningRate: 1e-3 });
    for (const i of [0, 1, 2]) await step(i);
    const learnerState = await learner.state();
    await saveModel(model, join(folder, 'half.keras'), {
      learnerState,
      iterations: 3,
      optimizer: optimizerConfigOf(optimizer),
      loss,
    });
    const { loss: expected } = await step(3);
    expect(await run('goOn.ts', folder)).toBe(`loss ${expected}\n`);
    await learner.dispose();
    const further = await loadModel(join(folder, 'further.keras'));
    expect(further.optimizerState?.iterations).toBe(4);
    expect(values(further.model, 'dense')).toEqual(values(model, 'dense'));
  }, 60_000);
});
