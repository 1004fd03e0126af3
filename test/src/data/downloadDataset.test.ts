import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/datasets.js';
import { downloadDataset } from '../../../src/data/downloadDataset.js';
import { ChecksumError } from '../../../src/error/checksumError.js';
import { DownloadError } from '../../../src/error/downloadError.js';

const plain = Buffer.from('the published file');
const dataset: Dataset = {
  name: 'Test',
  key: 'test',
  folders: [''],
  mirrors: [],
  train: [{ file: 'train', md5: createHash('md5').update(plain).digest('hex') }],
  test: [],
};
let server: Server;
let address = '';
let folder = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    response.end(gzipSync(request.url?.startsWith('/bad/') ? Buffer.from('another') : plain));
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'gradstream-download-'));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

it('refuses a file whose unpacked checksum is wrong, and leaves nothing behind', async () => {
  const wanted = downloadDataset(dataset, 'train', folder, { mirrors: [`${address}/bad/`] });
  await expect(wanted).rejects.toThrow(ChecksumError);
  expect(await readdir(folder)).toEqual([]);
});

it('fails where no server answers', async () => {
  const wanted = downloadDataset(dataset, 'train', folder, { mirrors: ['http://127.0.0.1:1/'] });
  await expect(wanted).rejects.toThrow(DownloadError);
});

it('goes on to the next mirror, and keeps the unpacked file', async () => {
  const [file] = await downloadDataset(dataset, 'train', folder, { mirrors: [`${address}/bad/`, `${address}/good`] });
  expect(Buffer.from(file.bytes)).toEqual(plain);
  expect(await readdir(folder)).toEqual(['train']);
});
