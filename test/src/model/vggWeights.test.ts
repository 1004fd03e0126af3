import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChecksumError } from '../../../src/error/checksumError.js';
import { DownloadError } from '../../../src/error/downloadError.js';
import type { DownloadProgress } from '../../../src/file/download.js';
import { vggWeights } from '../../../src/model/vggWeights.js';
import { loadWeightsByName } from '../../../src/saving/loadWeightsByName.js';
import { saveModel } from '../../../src/saving/saveModel.js';
import { breakOff, sendFile, serve } from '../file/fileServer.js';
import '@tensorflow/tfjs-backend-cpu';

const contents = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
const md5 = createHash('md5').update(contents).digest('hex');
const FILE = 'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradstream-vgg-'));
  vi.stubEnv('GRADSTREAM_CACHE', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('vggWeights', () => {
  it('goes on where a broken connection ended, proves the checksum, and asks no second time', async () => {
    let broken = false;
    const server = await serve((request, response) => {
      if (broken) return sendFile(contents, request, response);
      broken = true;
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 100_000));
      void breakOff(response, join(folder, 'models', FILE), 100_000);
    });
    const seen: DownloadProgress[] = [];
    const options = { mirrors: [server.url], md5, onProgress: (state: DownloadProgress) => void seen.push(state) };
    const file = await vggWeights('vgg16', options);
    expect(file).toBe(join(folder, 'models', FILE));
    expect(new Uint8Array(await readFile(file))).toEqual(contents);
    expect(server.requests[0]).toBe(`/${FILE}`);
    expect(server.requests[1]).toBe(`/${FILE} bytes=100000-`);
    expect(seen.at(-1)).toMatchObject({ label: "vgg16's weights", received: contents.length, total: contents.length });
    expect(await vggWeights('vgg16', options)).toBe(file);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['vgg16', false, FILE],
    ['vgg16', true, 'vgg16_weights_tf_dim_ordering_tf_kernels.h5'],
    ['vgg19', false, 'vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5'],
    ['vgg19', true, 'vgg19_weights_tf_dim_ordering_tf_kernels.h5'],
  ] as const)("refuses what isn't Keras's file of %s, top %s", async (name, includeTop, base) => {
    const server = await serve((request, response) => sendFile(contents, request, response));
    await expect(vggWeights(name, { includeTop, mirrors: [server.url] })).rejects.toThrow(ChecksumError);
    expect(server.requests[0]).toBe(`/${base}`);
    expect(await readdir(join(folder, 'models'))).not.toContain(base);
  });

  it('says what is wrong where no server answers', async () => {
    const wanted = vggWeights('vgg16', { mirrors: ['http://127.0.0.1:1'] });
    await expect(wanted).rejects.toThrow(DownloadError);
    await expect(wanted).rejects.toThrow("vgg16's weights");
  });
});

describe('loadWeightsByName', () => {
  const net = (filters: number, name = 'a'): LayersModel =>
    sequential({
      layers: [
        layers.conv2d({ name, inputShape: [8, 8, 3], filters, kernelSize: 3, biasInitializer: 'ones' }),
        layers.conv2d({ name: 'b', filters: 2, kernelSize: 1 }),
      ],
    });
  const valuesOf = (model: LayersModel): Float32Array[] =>
    model.getWeights().map(weight => weight.dataSync<'float32'>().slice());

  it('takes for each layer what the file keeps under its name', async () => {
    const [stored, model] = [net(4), net(4)];
    await saveModel(stored, join(folder, 'net.h5'));
    await loadWeightsByName(model, join(folder, 'net.h5'));
    expect(valuesOf(model)).toEqual(valuesOf(stored));
  });

  it.each([
    ['a layer of another shape', net(5), /layer 'a'.*kernel has shape \[3,3,3,5\], but.*has \[3,3,3,4\]/],
    ['a layer that is missing', net(4, 'c'), /0 weights for the layer 'c', expected 2.*layers a, b/],
  ])('names %s, and leaves the model as it was', async (_, model, message) => {
    await saveModel(net(4), join(folder, 'net.h5'));
    const before = valuesOf(model);
    await expect(loadWeightsByName(model, join(folder, 'net.h5'))).rejects.toThrow(message);
    expect(valuesOf(model)).toEqual(before);
  });
});
