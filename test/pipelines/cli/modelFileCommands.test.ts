import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertFile } from '../../../pipelines/cli/convert.js';
import { plotFile, renderInspection } from '../../../pipelines/cli/inspect.js';
import { inspectFile } from '../../../src/saving/inspectFile.js';
import { saveModel } from '../../../src/saving/saveModel.js';
import '@tensorflow/tfjs-backend-cpu';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
  const model = sequential({ name: 'net' });
  model.add(layers.dense({ name: 'first', inputShape: [3], units: 2 }));
  model.add(layers.dense({ name: 'second', units: 4, trainable: false }));
  const optimizer = { className: 'Adam', parameters: { learning_rate: 0.0010000000474974513 } };
  await saveModel(model, at('net.h5'), { optimizer, loss: 'mse', metrics: ['accuracy'] });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('gradstream inspect', () => {
  it('shows layers, weights, parameters and what the model was trained with', async () => {
    const { bytes, ...inspection } = await inspectFile(at('net.h5'));
    expect(renderInspection({ ...inspection, bytes: 12_345 }, { hasColors: false })).toBe(
      [
        'net.h5  12.3 kB, h5, Keras 3.15.1',
        "Sequential 'net': 3 layers, 20 parameters",
        '',
        'Layer        Class       Weights             Parameters',
        'first_input  InputLayer                               0',
        'first        Dense       kernel 3×2, bias 2           8',
        'second       Dense       kernel 2×4, bias 4   12 frozen',
        '',
        'optimizer  Adam  learning_rate 0.001',
        'loss       mse',
        'metrics    accuracy',
        '',
      ].join('\n'),
    );
  });

  it('draws the model', async () => {
    await plotFile(at('net.h5'), at('net.svg'));
    expect(readFileSync(at('net.svg'), 'utf8')).toContain('<title>Dense second (None, 4) 12 frozen</title>');
  });
});

describe('gradstream convert', () => {
  it.each(['net.keras', 'net.json', 'again.h5'])('writes %s with the same layers and training config', async name => {
    expect(await convertFile(at('net.h5'), at(name))).toEqual([]);
    const [before, after] = [await inspectFile(at('net.h5')), await inspectFile(at(name))];
    expect(after.parameters).toBe(before.parameters);
    expect(after.training).toEqual(before.training);
    expect(after.layers.filter(layer => layer.parameters > 0).map(layer => [layer.name, layer.trainable])).toEqual([
      ['first', true],
      ['second', false],
    ]);
  });

  it('needs an architecture for weights alone', async () => {
    await convertFile(at('net.h5'), at('net.weights.h5'));
    await expect(convertFile(at('net.weights.h5'), at('x.keras'))).rejects.toThrow(/--architecture/);
    await convertFile(at('net.weights.h5'), at('net.safetensors'), { architecture: at('net.h5') });
    expect((await inspectFile(at('net.safetensors'))).parameters).toBe(20);
  });

  it('refuses a name without a known ending before any work', async () => {
    await expect(convertFile(at('missing.h5'), at('net.onnx'))).rejects.toThrow(/known endings/);
  });
});
