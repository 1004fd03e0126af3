import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cifar10 } from '../../../src/data/cifar10.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';
import { tar } from './tar.js';

/** One record each, labelled by the file's number; as in the published archive the test set is the last. */
const files = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'].map(
  (name, i) => ({ name: `${name}.bin`, content: new Uint8Array(3073).fill(i + 1) }),
);
const ARCHIVE = 'cifar-10-binary.tar.gz';
const packed = (members = files) =>
  gzipSync(tar(...members.map(({ name, content }) => ({ name: `cifar-10-batches-bin/${name}`, content }))));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradstream-find-'));
  vi.stubEnv('GRADSTREAM_CACHE', join(folder, 'cache'));
  vi.stubEnv('GRADSTREAM_DATA', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(below: string, members = files): string {
  const place = join(folder, below);
  mkdirSync(place, { recursive: true });
  for (const { name, content } of members) writeFileSync(join(place, name), content);
  return folder;
}

const mirrors = ['http://127.0.0.1:9/none'];
const labels = async (options: { data?: string }) => [...(await cifar10('train', { mirrors, ...options })).y.data];

describe('the files of a data set', () => {
  it.each(['.', 'cifar-10-batches-bin', 'cifar10', 'cifar10/cifar-10-batches-bin'])(
    'are found in %s of a named folder, and read in their order',
    async below => {
      const data = write(below, [...files].reverse());
      expect(await labels({ data })).toEqual([1, 2, 3, 4, 5]);
    },
  );

  it('are found in their archive, named or in a folder that is', async () => {
    writeFileSync(join(folder, ARCHIVE), packed());
    expect(await labels({ data: folder })).toEqual([1, 2, 3, 4, 5]);
    expect(await labels({ data: join(folder, ARCHIVE) })).toEqual([1, 2, 3, 4, 5]);
    expect([...(await cifar10('test', { data: folder })).y.data]).toEqual([6]);
  });

  it('are found in the folder of GRADSTREAM_DATA, else in the cache', async () => {
    write('cache/data/cifar10');
    expect(await labels({})).toEqual([1, 2, 3, 4, 5]);
    vi.stubEnv('GRADSTREAM_DATA', join(folder, 'cache'));
    expect(await labels({})).toEqual([1, 2, 3, 4, 5]);
    write(
      'mine',
      files.map(file => ({ ...file, content: new Uint8Array(3073).fill(9) })),
    );
    vi.stubEnv('GRADSTREAM_DATA', join(folder, 'mine'));
    expect(await labels({})).toEqual([9, 9, 9, 9, 9]);
  });

  it('are an error where some are there and others lack', async () => {
    const data = write('cifar10', [files[0], files[1], files[4]]);
    await expect(labels({ data })).rejects.toThrow(InvalidArgumentError);
    await expect(labels({ data })).rejects.toThrow(
      /3 of the 5 files of the set, but no data_batch_3.bin, data_batch_4/,
    );
    writeFileSync(join(folder, ARCHIVE), packed([files[0]]));
    await expect(labels({ data: join(folder, ARCHIVE) })).rejects.toThrow(FileFormatError);
    await expect(labels({ data: join(folder, ARCHIVE) })).rejects.toThrow(
      "no 'data_batch_2.bin' in it, but data_batch_1",
    );
  });

  it('are expected in a folder that is named', async () => {
    const below = 'below it in cifar-10-batches-bin, cifar10, cifar10/cifar-10-batches-bin. Name another folder';
    await expect(labels({ data: folder })).rejects.toThrow(below);
    const none = join(folder, 'none');
    await expect(labels({ data: none })).rejects.toThrow(`The data folder is '${none}', which can't be read`);
    vi.stubEnv('GRADSTREAM_DATA', none);
    await expect(labels({})).rejects.toThrow(`GRADSTREAM_DATA is '${none}', which can't be read`);
  });

  it('can be named where they can not be fetched', async () => {
    await expect(labels({})).rejects.toThrow(
      /No server .* name a folder that has CIFAR-10, by 'data' \(--data DIR\) or GRADSTREAM_DATA\.$/,
    );
  });
});
