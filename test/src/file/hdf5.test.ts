import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { hdf5Library } from '../../../src/file/hdf5Library.js';
import { Hdf5Reader } from '../../../src/file/hdf5Reader.js';
import { Hdf5Writer, MAX_ATTRIBUTE_BYTES } from '../../../src/file/hdf5Writer.js';

/**
 * A file that h5wasm can't write, made by h5py: `create_dataset('a', (4,), 'f4', external=[('secret.bin', 0, 16)])`.
 */
const EXTERNAL_STORAGE =
  'H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwo2sKLyYfIJUJoRSndA6RVMMHFGsJwEVFwQaj66upAgV1eQ6v9oAGZPBguE5mAY' +
  'BSMReLg6BoDoCCgflkpPMKGqS0RLjx4U2svIwAYxixHGh6RkRkaIADRZwmlmoDxIRlBBHiqmwCDOwSBeD5VnBaZgkDwTExPYAHYGDTCf' +
  'EZpXDHCkc5h/OaD2MzPCcogAmsoIusSDBFo4B7CgqitOTS5KLdFLysyD8IP9/F1A/oP5S4F5NE2TAwBvD2CesAUAAA==';

/**
 * Numbers of two bytes, made by h5py: `float16` of 6 numbers; `bfloat16` of 4, with the attribute by which Keras tells that type, and
 * `opaque`, the same without it.
 */
const HALVES =
  'H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwpkJFD5MPkEKM0IpTug9AommDgjWA6qnUEQaj66upAgV1eQ6v9oAGaPAQuEVmAYBSMReLg6' +
  'BoDoCChfA0qfYEJVl5aTn1hiaMaQBGNAQX5BYmFpKiKdGhBpLyMDK0QPI4wPsZmRCSIAs54ZSqPzmYEpH6RSUIEfKifAwMXKwMUPlWdl4ADLMzFB' +
  'DOSA5hRmRiATDHjQXFQxoPEQ7Ofvwgj0FayUqGDFrx7qCQYFZvzqYPm6g21kpGdGBja0dAWJd0ZGiAC0uIPTzNB0IgpNY7jTDQ8HasjDUpED3F4R' +
  'oFxKSWUBMDswSALtEwCnSphTOFDKcxBPhAO5jA+gUXiw0ig8RCSwhQcDw4zRQhUE7NLWAQPsz/9qhroD9mf35jI01Ls7+/swMkATBVpaAAH0svUG' +
  '/2gwjoJRMApGwSgYBaNgFIyCUTAKRsEoGAVDDcDGAQBOVmLRHBgAAA==';

const run = promisify(execFile);

let folder: string;
let files = 0;
const newFile = (): string => join(folder, `${files++}.h5`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradstream-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file and opens it again. */
async function written(write: (file: Hdf5Writer) => void): Promise<Hdf5Reader> {
  const path = newFile();
  const writer = await Hdf5Writer.create(path);
  write(writer);
  writer.close();
  return Hdf5Reader.open(path);
}

describe('Hdf5Reader', () => {
  let file: Hdf5Reader;
  beforeAll(async () => {
    const path = newFile();
    await writeFile(path, gunzipSync(Buffer.from(HALVES, 'base64')));
    file = await Hdf5Reader.open(path);
  });
  afterAll(() => file.close());

  it('reads float16 as float32', () => {
    const array = file.array('float16');
    expect(array.shape).toEqual([2, 3]);
    expect(array.read()).toEqual(
      Float32Array.of(1.5, -0.0999755859375, 2 ** -24, Number.NEGATIVE_INFINITY, 65504, Number.NaN),
    );
  });

  it("reads Keras's bfloat16 as float32", () => {
    const array = file.array('bfloat16');
    expect(array.read()).toEqual(Float32Array.of(1.5, -0.10009765625, 1.0010069081221042e-38, Infinity));
  });

  it('refuses two bytes of which nobody says what they are', () => {
    expect(() => file.array('opaque')).toThrow(/'opaque': arrays of type .* can't be read; known: .*bfloat16/);
  });
});

describe('Hdf5Writer and Hdf5Reader', () => {
  it.each([
    ['float32', Float32Array.of(1.5, -2, Number.NaN, 3e38), [2, 2]],
    ['float64', Float64Array.of(Math.PI), [1]],
    ['int32', Int32Array.of(-7, 8), [2, 1]],
    ['int64', BigInt64Array.of(2n ** 40n), []],
    ['uint32', Uint32Array.of(4_000_000_000, 1), [2]],
    ['nothing', new Float32Array(0), [0, 3]],
  ])('bring back %s with its shape', async (_, data, shape) => {
    const file = await written(writer => writer.array('a/b/c', data, shape));
    const array = file.array('a/b/c');
    expect(array).toMatchObject({ name: 'c', shape });
    expect(array.read()).toEqual(data);
    file.close();
  });

  it.each([[[3, 400_000]], [[1, 1, 1_200_000]], [[1_200_000]]])(
    'bring back an array of shape %j that is read in several pieces',
    async shape => {
      const data = Float32Array.from({ length: 1_200_000 }, (_, i) => i);
      const file = await written(writer => writer.array('big', data, shape));
      const array = file.array('big');
      expect(Buffer.compare(Buffer.from(array.read().buffer), Buffer.from(data.buffer))).toBe(0);
      const lengths = [...(array.pieces?.() ?? [])].map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(2 ** 20);
      file.close();
    },
  );

  it('bring back texts of any length and script', async () => {
    const long = `{"ключ": "${'x'.repeat(200_000)}"}`;
    const file = await written(writer => {
      writer.text('', 'config', long);
      writer.text('group', 'name', '');
    });
    expect(file.text('', 'config')).toBe(long);
    expect(file.text('group', 'name')).toBe('');
    expect(file.text('group', 'other')).toBeNull();
    file.close();
  });

  it.each([
    ['an empty list', []],
    ['one name', ['dense']],
    ['names of several lengths and scripts', ['a', 'größer', 'dense_1/kernel:0']],
    ['as many bytes as fit into one attribute', Array.from({ length: 1008 }, (_, i) => `${i}`.padEnd(63, 'n'))],
    ['one name more than that', Array.from({ length: 1009 }, (_, i) => `${i}`.padEnd(63, 'n'))],
    ['ten thousand names', Array.from({ length: 10_000 }, (_, i) => `layer_${i}/kernel`)],
  ])('bring back %s', async (_, names) => {
    const file = await written(writer => writer.texts('group', 'names', names));
    expect(file.texts('group', 'names')).toEqual(names);
    file.close();
  });

  it('split a long list as Keras does, into names0, names1, …, each within the limit', async () => {
    const path = newFile();
    const writer = await Hdf5Writer.create(path);
    writer.texts(
      'group',
      'names',
      Array.from({ length: 3000 }, (_, i) => `${i}`.padEnd(60, 'n')),
    );
    writer.close();
    const { File, Group } = await hdf5Library();
    const file = new File(path, 'r');
    const group = file.get('group');
    const attributes = group instanceof Group ? group.attrs : {};
    expect(Object.keys(attributes)).toEqual(['names0', 'names1', 'names2']);
    for (const { shape, metadata } of Object.values(attributes)) {
      expect((shape?.[0] ?? 0) * metadata.size).toBeLessThanOrEqual(MAX_ATTRIBUTE_BYTES);
    }
    file.close();
  });

  it('read lists of variable-length strings as well', async () => {
    const path = newFile();
    const { File } = await hdf5Library();
    const file = new File(path, 'w');
    const group = file.create_group('group');
    group.create_attribute('names', ['a', 'bcß'], [2], 'S');
    group.create_attribute('ascii', ['a', 'bcß€'], [2], 'A');
    file.close();
    const reader = await Hdf5Reader.open(path);
    expect(reader.texts('group', 'names')).toEqual(['a', 'bcß']);
    expect(reader.texts('group', 'ascii')).toEqual(['a', 'bcß€']);
    reader.close();
  });
});

it('Hdf5Writer says that it can make no file there', async () => {
  await expect(Hdf5Writer.create(join(folder, 'none', 'a.h5'))).rejects.toThrow(/none.*is its folder there/);
});

describe('Hdf5Writer on a disk that takes no more', () => {
  /** The disk takes `bytes` more; what HDF5 prints is counted. */
  async function fill(bytes: number) {
    const { FS } = await hdf5Library();
    const disk = FS as unknown as { write(stream: { fd: number }, data: unknown, at: number, length: number): number };
    const { write } = disk;
    let left = bytes;
    return vi.spyOn(disk, 'write').mockImplementation((...args) => {
      const [{ fd }, , , length] = args;
      if (fd > 2) left -= length;
      if (left < 0) throw Object.assign(new Error('full'), { name: 'ErrnoError', errno: 51 });
      return write(...args);
    });
  }

  it.each([
    ['none', 0],
    ['the head', 4096],
    ['half of the array', 30_000],
  ])('throws the system’s code after %s', async (_, bytes) => {
    const spy = await fill(bytes);
    const write = async () => {
      const file = await Hdf5Writer.create(newFile());
      file.array('a/b', new Float32Array(10_000), [10_000]);
      file.close();
    };
    await expect(write()).rejects.toThrow(/could not be written \(ENOSPC\)/);
    await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
    spy.mockRestore();
  });

  it('prints nothing of HDF5’s own on standard error', async () => {
    const script = `
      import { hdf5Library } from ${JSON.stringify(pathToFileURL(join('dist/src/file/hdf5Library.js')).href)};
      const { File } = await hdf5Library();
      console.log(new File(process.argv[1], 'r').file_id);`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script, 'package.json']);
    expect({ stdout, stderr }).toEqual({ stdout: '-1n\n', stderr: '' });
  });
});

describe('Hdf5Reader refuses', () => {
  it.each([
    ['an empty file', 0, /not an HDF5 file/],
    ['a signature alone', 8, /superblock/],
    ['a file cut in its superblock', 60, /cut/],
    ['a file cut in its middle', 1000, /cut/],
  ])('%s', async (_, length, problem) => {
    const path = newFile();
    const writer = await Hdf5Writer.create(path);
    writer.array('a', new Float32Array(100), [100]);
    writer.close();
    await truncate(path, length);
    await expect(Hdf5Reader.open(path, 'cut.h5')).rejects.toThrow(problem);
    await expect(Hdf5Reader.open(path, 'cut.h5')).rejects.toThrow(/^cut\.h5: /);
  });

  it('a file with a wrong checksum at its head', async () => {
    const path = newFile();
    const writer = await Hdf5Writer.create(path);
    writer.array('a', new Float32Array(100), [100]);
    writer.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xa5, 44, 48));
    await expect(Hdf5Reader.open(path, 'noise.h5')).rejects.toThrow(/noise\.h5: .*damaged/);
  });

  it('a file that lacks its last byte', async () => {
    const path = newFile();
    const writer = await Hdf5Writer.create(path);
    writer.array('a', new Float32Array(100), [100]);
    writer.close();
    await writeFile(path, (await readFile(path)).subarray(0, -1));
    await expect(Hdf5Reader.open(path)).rejects.toThrow(FileFormatError);
  });

  it('links into other files, and links to places in the same file', async () => {
    const secret = newFile();
    const writer = await Hdf5Writer.create(secret);
    writer.array('value', Float32Array.of(42), [1]);
    writer.close();
    const path = newFile();
    const { File } = await hdf5Library();
    const file = new File(path, 'w');
    file.create_group('real').create_dataset({ name: 'value', data: Float32Array.of(1) });
    file.create_external_link(secret, '/value', 'outside');
    file.create_external_link(secret, '/', 'folder');
    file.create_soft_link('/real', 'around');
    file.close();
    const reader = await Hdf5Reader.open(path);
    for (const name of ['outside', 'folder/value', 'around/value']) {
      expect(() => reader.array(name)).toThrow(/link/);
    }
    expect(reader.array('real/value').read()).toEqual(Float32Array.of(1));
    reader.close();
  });

  it('an array that claims more than the file can hold, before memory is taken', async () => {
    const path = newFile();
    const { File, Dataset } = await hdf5Library();
    const file = new File(path, 'w');
    file.create_dataset({
      name: 'a',
      data: new Float32Array(4),
      shape: [2, 2],
      maxshape: [null, null],
      chunks: [2, 2],
    });
    const dataset = file.get('a');
    if (dataset instanceof Dataset) dataset.resize([2 ** 20, 2 ** 21]);
    file.close();
    const reader = await Hdf5Reader.open(path);
    expect(() => reader.array('a')).toThrow(/8796093022208 bytes/);
    reader.close();
  });

  it('an array whose values are declared to lie in another file', async () => {
    const path = newFile();
    await writeFile(path, gunzipSync(Buffer.from(EXTERNAL_STORAGE, 'base64')));
    const reader = await Hdf5Reader.open(path);
    expect(() => reader.array('a').read()).toThrow(/'a': it refers to another file/);
    reader.close();
  });

  it('an array whose compressed values are damaged, where the library would hand out noise', async () => {
    const path = newFile();
    const { File } = await hdf5Library();
    const file = new File(path, 'w');
    const data = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i));
    file.create_dataset({ name: 'a', data, shape: [4000], chunks: [4000], compression: 9 });
    file.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xa5, bytes.length - 2000, bytes.length - 1000));
    const reader = await Hdf5Reader.open(path);
    expect(() => reader.array('a').read()).toThrow(/'a': damaged: its values could not be read/);
    reader.close();
  });

  it('an array that is not there, naming it', async () => {
    const file = await written(writer => writer.group('layer'));
    expect(() => file.array('layer/kernel')).toThrow(/'layer\/kernel': the array is missing/);
    file.close();
  });
});
