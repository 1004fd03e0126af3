import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { filtersCommand } from '../../../pipelines/cli/filters.js';
import { initializeWeights } from '../../../src/model/initializeWeights.js';
import { saveModel } from '../../../src/saving/saveModel.js';
import { filterNet } from '../../helpers/filterNet.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

describe.skipIf(native === null)('gradstream filters', () => {
  let folder: string;
  let stdout: string[];
  let stderr: string[];
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gradstream-filters-'));
    const model = filterNet('softplus');
    await saveModel(model, at('net.h5'));
    const kernel = model.getLayer('b').getWeights()[0];
    const broken = tf.tidy(() => tf.where(tf.less(tf.range(0, 5), 1), tf.scalar(Number.NaN), kernel));
    model.getLayer('b').setWeights([broken, model.getLayer('b').getWeights()[1]]);
    await saveModel(model, at('nan.h5'));
  });
  beforeEach(() => {
    [stdout, stderr] = [[], []];
    vi.spyOn(process.stdout, 'write').mockImplementation(text => stdout.push(String(text)) > 0);
    vi.spyOn(process.stderr, 'write').mockImplementation(text => stderr.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (out: string, ...args: string[]): Promise<string> => {
    const common = ['--model', at('net.h5'), '--layer', 'b', '--size', '12', '--upscalings', '2', '--steps', '3'];
    await filtersCommand()
      .exitOverride()
      .parseAsync([...common, '--seed', '5', '--out', at(out), ...args], { from: 'user' });
    return stdout.join('');
  };

  it('writes a picture for each filter that answers, and the best in one', async () => {
    const said = await run('all', '--batch', '2', '--order', 'rgb');
    const files = await readdir(at('all'));
    const kept = files.filter(file => /^b_\d\.png$/.test(file));
    expect(said).toContain('5 filters to draw; seed 5');
    expect(said).toContain(`${kept.length} of 5 filters kept`);
    const side = Math.floor(Math.sqrt(kept.length));
    expect(files).toContain(`net_b_${side}x${side}.png`);
    expect(await sharp(at(`all/${kept[0]}`)).metadata()).toMatchObject({ width: 12, height: 12, format: 'png' });
  });

  it('does nothing twice', async () => {
    await run('twice', '--filters', '2');
    const before = await readFile(at('twice/filters.json'));
    stdout = [];
    expect(await run('twice', '--filters', '2')).toContain('0 filters to draw, 1 are there');
    expect(await readFile(at('twice/filters.json'))).toEqual(before);
  });

  it('keeps what two runs at once leave in one folder', async () => {
    await Promise.all([run('both', '--filters', '0-2'), run('both', '--filters', '2-4')]);
    const { losses } = JSON.parse(await readFile(at('both/filters.json'), 'utf8')) as { losses: object };
    expect(Object.keys(losses)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('prints events as JSON lines, without pixels', async () => {
    const events = (await run('json', '--filters', '0-1', '--json'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['runStart', 'epochStart', 'step', 'epochEnd', 'trainEnd', 'runEnd']),
    );
    for (const event of events) expect(event).not.toHaveProperty('picture');
  });

  it('leaves whole pictures behind on Ctrl-C, and goes on from there', async () => {
    const interrupted = run('cut', '--json', '--steps', '40');
    await vi.waitFor(() => expect(stdout.join('')).toContain('"type":"epochEnd"'), { timeout: 10_000, interval: 1 });
    process.emit('SIGINT');
    await interrupted;
    expect(process.exitCode).toBe(130);
    expect(stderr.join('')).toContain('the same command goes on with the rest');
    const files = (await readdir(at('cut'))).filter(file => file.endsWith('.png'));
    for (const file of files) await expect(sharp(at(`cut/${file}`)).stats()).resolves.toBeDefined();
    stdout = [];
    expect(await run('cut', '--steps', '40')).toMatch(/[1-4] filters to draw, [1-4] are there/);
  });

  it('drops a filter whose loss is no number, with the reason; the others go on', async () => {
    const said = await run('nan', '--model', at('nan.h5'), '--batch', '5');
    expect(said).toMatch(/Filter 0 .*dropped on scale 0: its loss became NaN/);
    await run('sound', '--batch', '5');
    const pictures = async (out: string): Promise<string[]> =>
      (await readdir(at(out))).filter(file => /^b_\d\.png$/.test(file) && file !== 'b_0.png');
    expect(await pictures('sound')).not.toEqual([]);
    expect(await pictures('nan')).toEqual(await pictures('sound'));
  });

  it.each([
    ['an unknown layer', ['--layer', 'c'], /Unknown convolution layer 'c'.*a, b/],
    ['a layer without filters', ['--layer', 'pool'], /'pool' is a MaxPooling2D and has no filters.*a, b/],
    ['a filter that is not there', ['--filters', '3,7'], /b has no filter 7: its filters are 0 to 4/],
    ['a list that is none', ['--filters', '7-3'], /'7-3' names no filters/],
    ['a size below what the layer sees', ['--size', '3'], /3 pixels is too small.*empty below 4 pixels/],
    ['a size that is no number', ['--size', 'big'], /Give a whole number/],
    ['a model file that is missing', ['--model', 'nowhere.h5'], /nowhere\.h5/],
    ['another grid than there are pictures for', ['--filters', '2', '--grid', '2'], /grid of 2×2 needs 4 pictures/],
  ])('refuses %s', async (_, args, message) => {
    await expect(run('refused', ...args)).rejects.toThrow(message);
  });

  it('draws a picture that was removed, and names one that is damaged', async () => {
    await run('gone', '--filters', '2');
    const picture = await readFile(at('gone/b_2.png'));
    rmSync(at('gone/b_2.png'));
    stdout = [];
    expect(await run('gone', '--filters', '2')).toContain('1 filter to draw; seed 5');
    expect(await readFile(at('gone/b_2.png'))).toEqual(picture);
    await writeFile(at('gone/b_2.png'), picture.subarray(0, 60));
    await expect(run('gone', '--filters', '2')).rejects.toThrow(/b_2\.png can't be read as a picture.*Remove it/);
  });

  it('finds again what it has drawn of a layer whose name has a slash', async () => {
    const shape = { inputShape: [null, null, 3], filters: 3, kernelSize: 3 };
    const conv = layers.conv2d({ name: 'conv1/conv', ...shape, activation: 'softplus' });
    const model = sequential({ layers: [conv] });
    initializeWeights(model, 5);
    // Pictures lie around 128, where a softplus of a negative sum is 0.
    conv.setWeights(conv.getWeights().map(weights => tf.abs(weights)));
    await saveModel(model, at('slash.h5'));
    const ofLayer = ['--model', at('slash.h5'), '--layer', 'conv1/conv', '--filters', '2'];
    await run('slash', ...ofLayer);
    expect(await readdir(at('slash'))).toEqual(['conv1_conv_2.png', 'filters.json', 'slash_conv1_conv_1x1.png']);
    stdout = [];
    expect(await run('slash', ...ofLayer)).toContain('0 filters to draw, 1 are there');
  });

  it('refuses, before it draws, a place where nothing can be written and a grid that is too large', async () => {
    await writeFile(at('file'), '');
    await expect(run('file', '--json')).rejects.toThrow(/Can't write .*file.*name another folder by --out/);
    await expect(run('grid', '--json', '--filters', '1,1', '--grid', '2')).rejects.toThrow(
      'A grid of 2×2 needs 4 pictures, but --filters names 1.',
    );
    expect(stdout).toEqual([]);
  });

  it('refuses a network whose pictures no file holds, and a size that no file has, before it draws', async () => {
    const conv = layers.conv2d({ name: 'b', inputShape: [null, null, 6], filters: 2, kernelSize: 3 });
    await saveModel(sequential({ layers: [conv] }), at('six.h5'));
    await expect(run('six', '--model', at('six.h5'))).rejects.toThrow(/takes pictures with 6 channels/);
    await expect(run('large', '--size', '16384')).rejects.toThrow(/16384 pixels can't be made.*from 1 to 16383/);
    expect(stdout).toEqual([]);
  });

  it('refuses a weight file of another network, and names the layer', async () => {
    const args = ['--weights', at('net.h5'), '--layer', 'block1_conv1', '--size', '12', '--out', at('vgg')];
    await expect(filtersCommand().exitOverride().parseAsync(args, { from: 'user' })).rejects.toThrow(
      /0 weights for the layer 'block1_conv1', expected 2/,
    );
  });

  it('refuses a folder with pictures of other settings, and one whose ledger is damaged', async () => {
    await run('settings', '--filters', '2');
    await expect(run('settings', '--filters', '2', '--steps', '4')).rejects.toThrow(/steps was 3, now 4/);
    for (const damaged of ['{', '{"settings":null,"losses":{}}', 'null']) {
      await writeFile(at('settings/filters.json'), damaged);
      await expect(run('settings', '--filters', '2')).rejects.toThrow(/damaged/);
    }
    rmSync(at('settings/filters.json'));
    mkdirSync(at('settings/filters.json'));
    stdout = [];
    await expect(run('settings', '--filters', '2')).rejects.toThrow(/filters\.json can't be read \(EISDIR\)/);
    expect(stdout).toEqual([]);
  });
});
