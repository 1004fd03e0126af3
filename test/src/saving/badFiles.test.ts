import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { GradstreamError } from '../../../src/error/gradstreamError.js';
import { inspectFile } from '../../../src/saving/inspectFile.js';
import { loadModel, loadWeights } from '../../../src/saving/loadModel.js';
import { saveModel } from '../../../src/saving/saveModel.js';

const names = ['model.h5', 'model.weights.h5', 'model.keras', 'model.safetensors', 'model.json'];

let folder: string;
let model: LayersModel;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gradstream-test-'));
  const built = sequential();
  built.add(layers.dense({ name: 'first', inputShape: [3], units: 2 }));
  built.add(layers.dense({ name: 'second', units: 4 }));
  model = built;
  for (const name of names) await saveModel(model, at(name));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens a file as its kind is opened, and keeps nothing of it. */
async function open(path: string): Promise<void> {
  if (/weights|safetensors/.test(path)) await loadWeights(model, path);
  else (await loadModel(path)).model.dispose();
}

it.each(names)('%s is refused wherever it is cut', async name => {
  const whole = readFileSync(at(name));
  const cut = at(`cut-${name}`);
  for (let part = 0; part < 40; part++) {
    const length = Math.floor((whole.length * part) / 40);
    writeFileSync(cut, whole.subarray(0, length));
    await expect(open(cut), `${length} bytes`).rejects.toThrow(FileFormatError);
    await expect(open(cut), `${length} bytes`).rejects.toThrow(/^cut-/);
  }
  writeFileSync(cut, whole.subarray(0, -1));
  await expect(open(cut)).rejects.toThrow(FileFormatError);
});

it.each(names)('%s with bytes overwritten is opened or refused in words, and costs nothing', async name => {
  vi.spyOn(console, 'error').mockImplementation(() => {}); // The library for HDF5 says there that it aborts.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const whole = readFileSync(at(name));
  const damaged = at(`damaged-${name}`);
  const before = tf.memory().numTensors;
  let random = 1;
  const draw = (below: number): number => {
    random = (random * 48_271) % 0x7fff_ffff;
    return random % below;
  };
  for (let i = 0; i < 60; i++) {
    const bytes = Uint8Array.from(whole);
    for (let j = 0; j < 8; j++) bytes[draw(bytes.length)] = draw(256);
    writeFileSync(damaged, bytes);
    await open(damaged).catch(error => expect(error).toBeInstanceOf(GradstreamError));
  }
  expect(tf.memory().numTensors).toBe(before);
  await open(at(name));
  vi.restoreAllMocks();
});

describe('a path that leads to no model file', () => {
  it.each(['loadModel', 'inspectFile'])('is told by %s for what it is', async how => {
    const ask = how === 'loadModel' ? loadModel : inspectFile;
    symlinkSync('there.h5', at(`${how}-here.h5`));
    mkdirSync(at(`${how}-folder.h5`));
    symlinkSync(`${how}-loop.h5`, at(`${how}-loop.h5`));
    await expect(ask(at('none.h5'))).rejects.toThrow(/There is no file .*none\.h5\./);
    await expect(ask(at(`${how}-here.h5`))).rejects.toThrow(/There is no file/);
    await expect(ask(at(`${how}-folder.h5`))).rejects.toThrow(/is a folder or a device, not a file/);
    await expect(ask(at(`${how}-loop.h5`))).rejects.toThrow(/can't be read: its links lead round in a circle/);
    await expect(ask(at('model.h5/below.h5'))).rejects.toThrow(/can't be read: a part of this path is a file/);
  });
});

it('a folder of temporary files that is not there is named', async () => {
  vi.stubEnv('TMPDIR', at('nowhere'));
  await expect(loadModel(at('model.keras'))).rejects.toThrow(/nowhere \(ENOENT\).*weights of model\.keras.*TMPDIR/);
  vi.unstubAllEnvs();
});

it('a file with the ending of the other kind is told for what it is', async () => {
  writeFileSync(at('wrong.keras'), readFileSync(at('model.h5')));
  writeFileSync(at('wrong.h5'), readFileSync(at('model.keras')));
  await expect(loadModel(at('wrong.keras'))).rejects.toThrow(/not a zip file.* It is an HDF5 file: name it \.h5/);
  await expect(loadModel(at('wrong.h5'))).rejects.toThrow(/not an HDF5 file.* It is a zip file.* name it \.keras/);
});

it('a heap of texts that has no end is refused, where the library for HDF5 would look for it for ever', async () => {
  const bytes = readFileSync(at('model.h5'));
  const heap = bytes.indexOf('GCOL');
  expect(heap).toBeGreaterThan(0);
  const endless = Buffer.from(bytes);
  // Its first piece becomes free space of no length.
  endless.fill(0, heap + 16, heap + 32);
  writeFileSync(at('endless.h5'), endless);
  await expect(loadModel(at('endless.h5'))).rejects.toThrow(
    /endless\.h5: damaged HDF5 file\. Copy or download it again/,
  );
});
