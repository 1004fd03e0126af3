import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cifar100 } from '../../../src/data/cifar100.js';
import { fashionMnist } from '../../../src/data/fashionMnist.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

let data = '';
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'gradstream-sets-'));
});
afterAll(() => rm(data, { recursive: true }));

describe('cifar100', () => {
  /** Superclass, class, then the three planes. */
  const record = (coarse: number, fine: number): Buffer =>
    Buffer.concat([Buffer.from([coarse, fine]), ...[1, 2, 3].map(value => Buffer.alloc(1024, value))]);
  const write = (...records: Buffer[]) => writeFile(join(data, 'test.bin'), Buffer.concat(records));

  it.each([
    ['fine', [99, 0], 100, 'worm'],
    ['coarse', [1, 19], 20, 'fish'],
  ] as const)('gives the %s labels and their names', async (labels, numbers, classes, name) => {
    await write(record(1, 99), record(19, 0));
    const { y, classNames, inputShape, x } = await cifar100('test', { data, labels });
    expect([...y.data]).toEqual(numbers);
    expect([classNames?.length, classNames?.[y.data[0]]]).toEqual([classes, name]);
    expect([inputShape, Array.from(x.data.subarray(0, 6))]).toEqual([
      [32, 32, 3],
      [1, 2, 3, 1, 2, 3],
    ]);
  });

  it('gives fine labels by itself', async () => {
    await write(record(1, 99));
    expect((await cifar100('test', { data })).y.data[0]).toBe(99);
  });

  it('refuses labels without a class, files of odd size, and a folder without the set', async () => {
    await write(record(1, 2), record(20, 100));
    await expect(cifar100('test', { data })).rejects.toThrow(/record 1 has the label 100, expected 0 … 99/);
    await expect(cifar100('test', { data, labels: 'corse' as 'coarse' })).rejects.toThrow("Unknown labels 'corse'");
    const misspelt = { date: data, mirrors: [] } as object;
    await expect(cifar100('test', misspelt)).rejects.toThrow("option of CIFAR-100 'date'. Did you mean 'data'?");
    await expect(cifar100('test', { data, labels: 'coarse' })).rejects.toThrow(/the label 20, expected 0 … 19/);
    await write(record(1, 2).subarray(1));
    await expect(cifar100('test', { data })).rejects.toThrow(/3073 bytes, expected a multiple of 3074 \(2 for labels/);
    await expect(cifar100('train', { data })).rejects.toThrow(InvalidArgumentError);
  });
});

describe('fashionMnist', () => {
  const write = async (labels: readonly number[]) => {
    const images = Buffer.from([0, 0, 8, 3, 0, 0, 0, labels.length, 0, 0, 0, 28, 0, 0, 0, 28]);
    await writeFile(
      join(data, 't10k-images-idx3-ubyte'),
      Buffer.concat([images, Buffer.alloc(784 * labels.length, 9)]),
    );
    await writeFile(join(data, 't10k-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0, 0, 0, labels.length, ...labels]));
  };

  it('reads clothes in the form of MNIST', async () => {
    await write([9, 0]);
    const source = await fashionMnist('test', { data });
    expect(source).toMatchObject({ name: 'Fashion-MNIST test', size: 2, inputShape: [784] });
    expect(Array.from(source.y.data, label => source.classNames?.[label])).toEqual(['Ankle boot', 'T-shirt/top']);
  });

  it('refuses labels without a class', async () => {
    await write([10]);
    await expect(fashionMnist('test', { data })).rejects.toThrow(FileFormatError);
  });
});
