import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphLayout } from '../../../src/model/graphLayout.js';
import { modelSvg } from '../../../src/model/modelSvg.js';
import { plotModel } from '../../../src/model/plotModel.js';
import { temporaryFolder } from '../file/temporaryFolder.js';

beforeAll(() => tf.setBackend('cpu'));

const symbolic = (value: unknown): SymbolicTensor => value as SymbolicTensor;

const chain = (): LayersModel =>
  sequential({
    layers: [
      layers.dense({ name: 'first', units: 3, inputShape: [4] }),
      layers.dense({ name: 'frozen', units: 2, trainable: false }),
      layers.activation({ name: 'relu', activation: 'relu' }),
    ],
  });

/** x → one → two → sum, with one → sum as well. */
function residual(): LayersModel {
  const x = input({ name: 'x', shape: [4] });
  const one = symbolic(layers.dense({ name: 'one', units: 4 }).apply(x));
  const two = symbolic(layers.dense({ name: 'two', units: 4 }).apply(one));
  return model({ inputs: x, outputs: symbolic(layers.add({ name: 'sum' }).apply([one, two])) });
}

/** A layer that is called again on what came of its first call. */
function cycle(): LayersModel {
  const x = input({ name: 'x', shape: [4] });
  const shared = layers.dense({ name: 'shared', units: 4 });
  const between = layers.activation({ name: 'between', activation: 'relu' });
  return model({ inputs: x, outputs: symbolic(shared.apply(symbolic(between.apply(symbolic(shared.apply(x)))))) });
}

/** Names of connected layers, read from the picture. */
function edges(built: LayersModel): string[] {
  const { text } = modelSvg(built);
  return [...text.matchAll(/data-from="(\d+)" data-to="(\d+)"/g)]
    .map(([, from, to]) => `${built.layers[Number(from)].name} → ${built.layers[Number(to)].name}`)
    .sort();
}

describe('the picture of a model', () => {
  it.each([
    ['a Sequential', chain, ['first → frozen', 'frozen → relu']],
    ['a residual block', residual, ['one → sum', 'one → two', 'two → sum', 'x → one']],
    ['a layer that is called again', cycle, ['between → shared', 'shared → between', 'x → shared']],
  ])('has a box for each layer and an arrow for each connection of %s', (_, build, expected) => {
    const built = build();
    expect(edges(built)).toEqual([...expected].sort());
    expect(modelSvg(built).text.match(/<g class="layer/g)).toHaveLength(built.layers.length);
  });

  it('shows class, name, shape and parameters', () => {
    const titles = [...modelSvg(chain()).text.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Dense first (None, 3) 15',
      'Dense frozen (None, 2) 8 frozen',
      'Activation relu (None, 2)',
    ]);
  });

  it('of a model without an input shape is refused', () => {
    expect(() => modelSvg(sequential({ layers: [layers.dense({ units: 1 })] }))).toThrow(/inputShape/);
  });
});

describe('the layout of a graph', () => {
  it('keeps the longest path in one column, a branch beside it, and a skip in a lane', () => {
    // 0 → 1 → 2 → 3 → 4, 0 → 5 → 4 and 1 → 3
    const { rows, columns, lanes, routes } = graphLayout([[], [0], [1], [2, 1], [0], [3, 4]]);
    expect(rows).toEqual([0, 1, 2, 3, 1, 4]);
    expect(columns).toEqual([0, 0, 0, 0, 1, 0]);
    expect(lanes).toEqual([1, 0]);
    expect(routes.find(({ from, to }) => from === 1 && to === 3)?.through).toBe(0);
    expect(routes.find(({ from, to }) => from === 4 && to === 5)?.through).toBe('column');
  });

  it('gives skips that overlap lanes of their own', () => {
    expect(graphLayout([[], [0], [1, 0], [2, 1], [3]]).lanes).toEqual([2]);
    expect(graphLayout([[], [0], [1, 0], [2], [3, 2]]).lanes).toEqual([1]);
  });
});

describe('plotModel', () => {
  it('writes the SVG, and a PNG of it twice as large', async () => {
    const folder = temporaryFolder();
    const built = residual();
    const { text, width, height } = modelSvg(built);
    await plotModel(built, join(folder, 'net.svg'));
    expect(readFileSync(join(folder, 'net.svg'), 'utf8')).toBe(text);
    await plotModel(built, join(folder, 'net.PNG'));
    expect(await sharp(join(folder, 'net.PNG')).metadata()).toMatchObject({
      format: 'png',
      width: 2 * width,
      height: 2 * height,
    });
    expect(readdirSync(folder).sort()).toEqual(['net.PNG', 'net.svg']);
  });

  it('refuses other endings and leaves a file as it was where it fails', async () => {
    const folder = temporaryFolder();
    await expect(plotModel(residual(), join(folder, 'net.pdf'))).rejects.toThrow(/\.svg or \.png, not as 'net\.pdf'/);
    const file = join(folder, 'net.svg');
    writeFileSync(file, 'old');
    await expect(plotModel(sequential(), file)).rejects.toThrow(/isn't built/);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['net.svg']);
  });
});
