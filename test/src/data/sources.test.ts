import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { of } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { indexedSource } from '../../../operators/testing/sources.js';
import { cifar10 } from '../../../src/data/cifar10.js';
import { type ArraysOptions, fromArrays } from '../../../src/data/fromArrays.js';
import { fromStream } from '../../../src/data/fromStream.js';
import { mnist } from '../../../src/data/mnist.js';
import { parseIdx } from '../../../src/data/parseIdx.js';
import { readRows } from '../../../src/data/readRows.js';
import { splitFirst } from '../../../src/data/splitFirst.js';
import { splitSource } from '../../../src/data/splitSource.js';
import { BufferOverflowError } from '../../../src/error/bufferOverflowError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

const idx = (type: number, shape: number[], values: number[]): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((dim, i) => {
    header.writeUInt32BE(dim, 4 + 4 * i);
  });
  return Buffer.concat([header, Buffer.from(values)]);
};
const images = idx(8, [2, 28, 28], new Array(2 * 784).fill(51));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradstream-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('parseIdx', () => {
  it('reads big-endian values', () => {
    expect(parseIdx(idx(11, [2], [1, 2, 255, 255]), 'f')).toEqual({ data: Int16Array.of(258, -1), shape: [2] });
  });

  it.each([
    ['cut short', idx(8, [3], [1, 2])],
    ['too many', idx(8, [1], [1, 2])],
    ['not an IDX file', Buffer.from('hello')],
    ['not an IDX file', Buffer.alloc(0)],
    ['header alone', Buffer.from([0, 0, 8, 3, 0])],
  ])('says %s and names the file', (problem, bytes) => {
    expect(() => parseIdx(bytes, 'digits.idx')).toThrow(new RegExp(`digits\\.idx: .*${problem}`));
  });
});

describe('mnist', () => {
  const write = async (labels: Buffer) => {
    await writeFile(join(folder, 't10k-images.idx3-ubyte.gz'), gzipSync(images));
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), labels);
    return mnist('test', { data: folder });
  };

  it('reads a named folder, packed or plain', async () => {
    const source = await write(idx(8, [2], [3, 4]));
    expect(source).toMatchObject({ size: 2, inputShape: [784], y: { data: Int32Array.of(3, 4) } });
    expect(readRows(source, [1]).x.data[0]).toBeCloseTo(0.2);
  });

  it.each([
    [/2 images/, idx(8, [1], [3])],
    [/expected 0 … 9/, idx(8, [2], [3, 10])],
    [/gzipped twice/, gzipSync(gzipSync(idx(8, [2], [3, 4])))],
    [/cut or damaged/, gzipSync(idx(8, [2], [3, 4])).subarray(0, 15)],
  ])('never falls back where the named folder is wrong: %s', async (problem, labels) => {
    await expect(write(labels)).rejects.toThrow(problem);
  });

  it('knows two splits', async () => {
    await expect(mnist('val' as never)).rejects.toThrow(/Unknown split of MNIST 'val'.* Known: train, test/);
  });

  it.each([true, false])(
    'says that it falls back on fewer digits, to who listens (%s) or as a warning',
    async listens => {
      const told: string[] = [];
      vi.stubEnv('GRADSTREAM_DATA', undefined);
      vi.stubEnv('GRADSTREAM_CACHE', join(folder, 'no-cache'));
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(message => void told.push(`${message}`));
      const mirrors = ['http://127.0.0.1:9/none'];
      try {
        const { size } = await mnist('train', listens ? { mirrors, onMessage: text => told.push(text) } : { mirrors });
        expect(size).toBe(8000);
        expect(told.filter(text => text.startsWith('Using the 10,000'))).toHaveLength(1);
        expect(warn).toHaveBeenCalledTimes(listens ? 0 : 1);
      } finally {
        vi.restoreAllMocks();
        vi.unstubAllEnvs();
      }
    },
  );

  it('says what a folder without it should have', async () => {
    await expect(mnist('train', { data: folder })).rejects.toThrow(/has no MNIST: expected train-images/);
  });
});

describe('cifar10', () => {
  const write = async (bytes: Buffer) => {
    await writeFile(join(folder, 'test_batch.bin'), bytes);
    return cifar10('test', { data: folder });
  };
  const record = Buffer.concat([Buffer.from([7]), Buffer.alloc(1024, 1), Buffer.alloc(1024, 2), Buffer.alloc(1024, 3)]);

  it('puts channels last', async () => {
    const { x, y } = await write(record);
    expect([...x.data.subarray(0, 6), x.data[3071], y.data[0]]).toEqual([1, 2, 3, 1, 2, 3, 3, 7]);
  });

  it('refuses files of odd size and labels without a class', async () => {
    await expect(write(record.subarray(1))).rejects.toThrow(/3072 bytes, expected a multiple of 3073/);
    record[0] = 10;
    await expect(write(record)).rejects.toThrow(/label 10, expected 0 … 9/);
  });
});

describe('splitSource', () => {
  const source = fromArrays({ x: { data: Int32Array.of(0, 1, 2, 3, 4), shape: [5, 1] }, y: [0, 1, 2, 3, 4] });

  it('takes the end, as Keras does', () => {
    const { training, validation } = splitSource(source, 0.4);
    expect([[...training.y.data], [...validation.x.data]]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('has each row once with a seed', () => {
    const { training, validation } = splitSource(source, 0.4, { seed: 1 });
    expect([...training.y.data, ...validation.y.data].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it.each([
    ['files', indexedSource()],
    ['a promise', Promise.resolve(source)],
  ])('says how else %s are divided, or what is missing', (_, other) => {
    for (const split of [splitSource, splitFirst]) {
      expect(() => split(other as never, 0.4)).toThrow(
        /await mnist\('train'\).*'validationSplit' and 'subset' of imageFolder/,
      );
    }
  });
});

describe('fromArrays and fromStream', () => {
  it('names the types that it takes', () => {
    const x = { data: new Float64Array(4) as never, shape: [2, 2] };
    expect(() => fromArrays({ x, y: [0, 1] })).toThrow(
      /x is of type Float64Array; give a Float32Array, Int32Array, Uint8Array/,
    );
  });

  it('says how arrays are given where they are nested, or labels are words', () => {
    const nested = [
      [1, 2],
      [3, 4],
    ];
    const x = { data: new Float32Array(4), shape: [2, 2] };
    expect(() => fromArrays({ x: nested as never, y: [0, 1] })).toThrow(/x must be \{ data, shape \}/);
    expect(() => fromArrays({ x, y: ['0', '1'] as never })).toThrow(/row 0 has the label "0"; give numbers/);
    expect(() => fromArrays({ x, y: nested as never })).toThrow(/row 0 has the label \[1,2\]; give numbers/);
  });

  const wrong: readonly [string, Partial<ArraysOptions>, string][] = [
    ['labels of another length', { y: [1] }, 'x has 2 rows and y has 1'],
    [
      'values of another number',
      { x: { data: new Float32Array(5), shape: [2, 2] } },
      'x has 5 values, which is no array',
    ],
    ['a shape without rows', { x: { data: new Float32Array(1), shape: [] } }, 'x has 1 values, which is no array'],
    [
      'targets of another number',
      { y: { data: new Int32Array(3), shape: [2, 2] } },
      'y has 3 values, which is no array',
    ],
    ['another shape for the network', { inputShape: [3] }, 'inputShape [3] has 3 values, but a row of x has 2'],
    [
      'a mean of another picture',
      { scaling: { scale: 1, mean: { data: new Float32Array(3), shape: [3] } } },
      'the mean has 3 values, but inputShape [2] has 2',
    ],
    [
      'a class number below 0',
      { y: [0, -1], classNames: ['a', 'b'] },
      'row 1 has the label -1, but class numbers go from 0 to 1',
    ],
    ['a class number without a name', { y: [0, 2], classNames: ['a', 'b'] }, 'row 1 has the label 2'],
    ['half a class number', { y: [0.5, 1], classNames: ['a', 'b'] }, 'row 0 has the label 0.5'],
    ['weights of another length', { sampleWeight: [1] }, 'x has 2 rows and sampleWeight has 1 values'],
  ];
  it.each(wrong)('refuses %s', (_, options, message) => {
    const arrays = { x: { data: new Float32Array(4), shape: [2, 2] }, y: [0, 1], ...options };
    expect(() => fromArrays(arrays)).toThrow(InvalidArgumentError);
    expect(() => fromArrays(arrays)).toThrow(`Source 'arrays': ${message}`);
  });

  it('takes whole numbers for classes, others and lists for targets, and no row at all', () => {
    const x = { data: new Float32Array(4), shape: [2, 2] };
    expect(fromArrays({ x, y: [0, 1] }).y).toEqual({ data: Int32Array.of(0, 1), shape: [2] });
    expect(fromArrays({ x, y: [0, 0.5] }).y).toEqual({ data: Float32Array.of(0, 0.5), shape: [2] });
    expect(fromArrays({ x, y: Float32Array.of(0, 0.5) }).y).toEqual({ data: Float32Array.of(0, 0.5), shape: [2] });
    const none = { x: { data: new Float32Array(0), shape: [0, 2] }, y: [] };
    expect(fromArrays({ ...none, inputShape: [2, 1] })).toMatchObject({ size: 0, inputShape: [2, 1] });
  });

  it('reads an Observable in each epoch, and fails where it overflows', async () => {
    const examples = of(...[1, 2, 3].map(y => ({ x: Float32Array.of(y), y })));
    const read = async (buffer: number, epoch: number) => {
      const ys: unknown[] = [];
      for await (const { y } of fromStream(examples, { inputShape: [1], buffer }).open(epoch)) ys.push(y);
      return ys;
    };
    expect([await read(3, 0), await read(3, 1)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    await expect(read(1, 0)).rejects.toThrow(BufferOverflowError);
    expect(await read(Number.POSITIVE_INFINITY, 0)).toEqual([1, 2, 3]);
  });

  it('asks for the shape of an example', () => {
    expect(() => fromStream([], {} as never)).toThrow(/inputShape is undefined; give the shape of one example/);
  });
});
