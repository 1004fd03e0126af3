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
import { tar } from './tar.js';

const plain = Buffer.from('the published file');
const archive = gzipSync(tar({ name: 'set/a.bin', content: plain }, { name: 'set/b.bin', content: Buffer.from('b') }));
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
    if (request.url === '/good/set.tar.gz') response.end(archive);
    else response.end(gzipSync(request.url?.startsWith('/bad/') ? Buffer.from('another') : plain));
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

it('brings both splits of an archive at once, and keeps the files alone', async () => {
  const packed: Dataset = {
    ...dataset,
    archive: { file: 'set.tar.gz', md5: createHash('md5').update(archive).digest('hex') },
    train: [{ file: 'a.bin' }],
    test: [{ file: 'b.bin' }],
  };
  const place = join(folder, 'packed');
  const told: string[] = [];
  const onMessage = (text: string) => told.push(text);
  const [file] = await downloadDataset(packed, 'train', place, { mirrors: [`${address}/good/`], onMessage });
  expect(Buffer.from(file.bytes)).toEqual(plain);
  expect((await readdir(place)).sort()).toEqual(['a.bin', 'b.bin']);
  const [other] = await downloadDataset(packed, 'test', place, { mirrors: [], onMessage });
  expect(Buffer.from(other.bytes).toString()).toBe('b');
  expect(told).toEqual([`Downloading Test into ${place}.`]);
});
