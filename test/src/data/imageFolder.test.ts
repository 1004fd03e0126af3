import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochSamples } from '../../../operators/epochSamples.js';
import { sampleOf } from '../../../operators/testing/samples.js';
import type { ValueBatch } from '../../../src/data/batch.js';
import { type ImageFolderOptions, imageFolder } from '../../../src/data/imageFolder.js';
import { toBatch } from '../../../src/data/toBatch.js';
import { FileFormatError } from '../../../src/error/fileFormatError.js';
import { InvalidArgumentError } from '../../../src/error/invalidArgumentError.js';

/** 2 rows, 3 columns: red, green and blue above black. */
const PIXELS = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const picture = () => sharp(PIXELS, { raw: { width: 3, height: 2, channels: 3 } });
const SIZE: ImageFolderOptions = { targetSize: [2, 3] };

let root = '';
let png: Buffer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gradstream-folder-'));
  png = await picture().png().toBuffer();
});
afterAll(() => rm(root, { recursive: true }));

let made = 0;
/** A new folder of these files; null stands for the picture. */
async function folderOf(files: Readonly<Record<string, Buffer | string | null>>): Promise<string> {
  const folder = join(root, String(made++));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content ?? png);
  }
  return folder;
}

/** As PNG has it at the end of each chunk. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** One pixel of bytes that are 7. */
function tiff(channels: number): Buffer {
  const bits = 14 + 9 * 12;
  const pixels = bits + 2 * channels;
  /** Tag, type (3: two bytes, 4: four), count, value or place: sides, bits, plain, colours, pixels, channels, sizes. */
  const entries = [
    [256, 3, 1, 1],
    [257, 3, 1, 1],
    [258, 3, channels, channels === 1 ? 8 : bits],
    [259, 3, 1, 1],
    [262, 3, 1, channels === 3 ? 2 : 1],
    [273, 4, 1, pixels],
    [277, 3, 1, channels],
    [278, 3, 1, 1],
    [279, 4, 1, channels],
  ];
  const file = Buffer.alloc(pixels + channels, 7);
  file.write('II*\0\b\0\0\0', 0, 'latin1');
  file.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(count, at + 4);
    file.writeUInt32LE(value, at + 8);
  });
  file.writeUInt32LE(0, bits - 4);
  for (let i = 0; i < channels; i++) file.writeUInt16LE(8, bits + 2 * i);
  return file;
}

describe('imageFolder', () => {
  it('decodes a row into pixels and its one-hot class', async () => {
    const source = await imageFolder(await folderOf({ 'cat/1.png': null, 'dog/1.png': null }), SIZE);
    expect(source).toMatchObject({ kind: 'indexed', size: 2, inputShape: [2, 3, 3], classNames: ['cat', 'dog'] });
    expect(await source.read(1)).toEqual({ x: PIXELS, y: Float32Array.of(0, 1) });
  });

  it.each([
    ['sparse', 1],
    ['binary', 1],
    ['none', 0],
  ] as const)('gives labels of class mode %s', async (classMode, y) => {
    const source = await imageFolder(await folderOf({ 'a/1.png': null, 'b/1.png': null }), { ...SIZE, classMode });
    expect((await source.read(1)).y).toBe(y);
  });

  it("gives the picture itself as label in class mode 'input': in its shape, and scaled as it is", async () => {
    const folder = await folderOf({ 'a/1.png': null });
    const targetsOf = async (more: ImageFolderOptions) => {
      const source = await imageFolder(folder, { ...SIZE, classMode: 'input', ...more });
      const sample = sampleOf({ source, example: await source.read(0) });
      const made = toBatch([sample, sample]) as ValueBatch;
      return [made.x, made.y];
    };
    for (const more of [{}, { rescale: 1 / 255 }]) {
      const [x, y] = await targetsOf(more);
      expect(y).toEqual({ data: x.data, shape: [2, 2, 3, 3] });
    }
  });

  it('resizes, and distorts only where it may', async () => {
    const folder = await folderOf({ 'a/1.png': null });
    const middle = await imageFolder(folder, { targetSize: [2, 1], keepAspectRatio: true });
    expect((await middle.read(0)).x).toEqual(Uint8Array.of(0, 255, 0, 0, 0, 0));
    const wide = await imageFolder(folder, { targetSize: [2, 6] });
    expect(Array.from((await wide.read(0)).x.slice(0, 9))).toEqual([255, 0, 0, 255, 0, 0, 0, 255, 0]);
  });

  it.each([
    ['grayscale', 1],
    ['rgb', 3],
    ['rgba', 4],
  ] as const)('makes %s of pictures of any kind', async (colorMode, channels) => {
    const files = {
      'a/alpha.png': await picture().ensureAlpha(0.5).png().toBuffer(),
      'a/grey.png': await picture().greyscale().png().toBuffer(),
      'a/deep.png': await picture().toColourspace('rgb16').png().toBuffer(),
      'a/jpeg.jpg': await picture().toColourspace('cmyk').jpeg().toBuffer(),
    };
    const source = await imageFolder(await folderOf(files), { ...SIZE, colorMode });
    for (let row = 0; row < 4; row++) expect((await source.read(row)).x.length).toBe(6 * channels);
  });

  it('turns pictures upright by their EXIF orientation', async () => {
    const turned = await picture().withMetadata({ orientation: 3 }).png().toBuffer();
    const source = await imageFolder(await folderOf({ 'a/1.png': turned }), SIZE);
    expect(Array.from((await source.read(0)).x.slice(9))).toEqual([0, 0, 255, 0, 255, 0, 255, 0, 0]);
  });

  it.each<[string, () => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('not a picture')],
    ['cut short', () => png.subarray(0, png.length - 30)],
  ])('names a file that is %s, or leaves it out and says so', async (_, content) => {
    const folder = await folderOf({ 'a/bad.png': content(), 'a/good.png': null });
    const source = await imageFolder(folder, SIZE);
    await expect(source.read(0)).rejects.toThrow(FileFormatError);
    await expect(source.read(0)).rejects.toThrow(join(folder, 'a/bad.png'));
    const messages: string[] = [];
    const rest = await imageFolder(folder, { ...SIZE, onCorrupt: 'skip', onMessage: line => messages.push(line) });
    expect(rest.files).toEqual([{ path: 'a/good.png', classNumber: 0 }]);
    expect(messages).toEqual([expect.stringContaining('a/bad.png')]);
  });

  it('tells in one line what is wrong with a file, once, however often its decoder complains', async () => {
    const jpeg = await picture().jpeg().toBuffer();
    const source = await imageFolder(await folderOf({ 'a/1.jpg': jpeg.subarray(0, 100) }), SIZE);
    const { message } = await source.read(0).then(
      () => new Error('it was read'),
      (error: Error) => error,
    );
    const [, reason] = /can't be read as a picture: (.*)\. Remove or mend it/.exec(message) ?? [];
    const parts = reason?.split(', ') ?? [];
    expect(parts.length).toBeGreaterThan(1);
    expect(parts).toEqual([...new Set(parts)]);
  });

  it('refuses a picture with more pixels than allowed without decoding it', async () => {
    const source = await imageFolder(await folderOf({ 'a/1.png': null }), { ...SIZE, maxPixels: 5 });
    await expect(source.read(0)).rejects.toThrow(/1\.png.*pixel limit/);
  });

  it.each([Number.POSITIVE_INFINITY, 6.5])('takes %f for the most pixels', async maxPixels => {
    const source = await imageFolder(await folderOf({ 'a/1.png': null }), { ...SIZE, maxPixels, onCorrupt: 'skip' });
    expect(source.size).toBe(1);
  });

  it('has no scaling where rescale is 0, as in Keras', async () => {
    expect((await imageFolder(await folderOf({ 'a/1.png': null }), { ...SIZE, rescale: 0 })).scaling).toBeUndefined();
  });

  it('refuses a small file that claims to be huge', async () => {
    const bomb = Buffer.from(png);
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    const source = await imageFolder(await folderOf({ 'a/bomb.png': bomb }), SIZE);
    await expect(source.read(0)).rejects.toThrow(/bomb\.png.*pixel limit/);
  });

  it.each([1, 3, 5])('knows what to do with a TIFF of %i channels', async channels => {
    const source = await imageFolder(await folderOf({ 'a/1.tif': tiff(channels) }), { targetSize: [1, 1] });
    if (channels === 5) await expect(source.read(0)).rejects.toThrow(/1\.tif.*it has 5 channels, expected 1 to 4/);
    else expect((await source.read(0)).x).toEqual(Uint8Array.of(7, 7, 7));
  });

  it.skipIf(process.getuid?.() === 0)('names a file that may not be read', async () => {
    const folder = await folderOf({ 'a/secret.png': null });
    await chmod(join(folder, 'a/secret.png'), 0);
    const source = await imageFolder(folder, SIZE);
    await expect(source.read(0)).rejects.toThrow(/secret\.png can't be read as a picture: EACCES/);
  });

  it('names a file that has gone since it was listed', async () => {
    const folder = await folderOf({ 'a/1.png': null });
    const source = await imageFolder(folder, SIZE);
    await rm(join(folder, 'a/1.png'));
    await expect(source.read(0)).rejects.toThrow(/1\.png can't be read as a picture: ENOENT/);
  });

  it('passes over links that lead nowhere or to themselves, and folders with the name of a picture', async () => {
    const folder = await folderOf({ 'a/1.png': null, 'a/folder.png/2.png': null });
    await symlink(join(folder, 'nowhere.png'), join(folder, 'a/dangling.png'));
    await symlink(join(folder, 'a/loop.png'), join(folder, 'a/loop.png'));
    const { files } = await imageFolder(folder, { ...SIZE, followLinks: true });
    expect(files.map(({ path }) => path)).toEqual(['a/1.png', 'a/folder.png/2.png']);
  });

  it('reads no more pictures ahead than the window has, however many there are', async () => {
    const folder = await folderOf({ 'a/0.png': null });
    for (let i = 1; i < 200; i++) await link(join(folder, 'a/0.png'), join(folder, `a/${i}.png`));
    const source = await imageFolder(folder, SIZE);
    let [begun, most, taken] = [0, 0, 0];
    const read = (row: number) => {
      most = Math.max(most, ++begun - taken);
      return source.read(row);
    };
    for await (const _ of epochSamples({ ...source, read }, { seed: 1, epoch: 0, concurrency: 4 })) taken++;
    expect([taken, most]).toEqual([200, 4]);
  });

  it('goes into linked folders only where asked, and finds a circle', async () => {
    const folder = await folderOf({ 'a/1.png': null, 'more/2.png': null });
    await symlink(join(folder, 'more'), join(folder, 'a/linked'));
    const files = async (followLinks: boolean) =>
      (await imageFolder(folder, { classes: ['a'], followLinks })).files.map(({ path }) => path);
    expect(await files(false)).toEqual(['a/1.png']);
    expect(await files(true)).toEqual(['a/1.png', 'a/linked/2.png']);
    await symlink(join(folder, 'a'), join(folder, 'a/circle'));
    await expect(files(true)).rejects.toThrow(/circle.*links lead round in a circle/);
    await rm(join(folder, 'a/circle'));
    await symlink('..', join(folder, 'a/up'));
    // a/up/a, where the circle closes, is the class itself: who removes that loses the pictures.
    await expect(files(true)).rejects.toThrow(`${join(folder, 'a/up')} is a link`);
  });

  it('splits each class by a seed, into parts that make up the whole', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `${'ab'[i % 2]}/${i}.png`);
    const folder = await folderOf(Object.fromEntries(names.map(name => [name, null])));
    const part = async (subset: 'training' | 'validation', splitSeed: number) =>
      (await imageFolder(folder, { validationSplit: 0.4, subset, splitSeed })).files.map(({ path }) => path);
    const [training, validation] = [await part('training', 3), await part('validation', 3)];
    expect([...training, ...validation].sort()).toEqual(names.sort());
    expect(validation.map(path => path[0]).join('')).toBe('aabb');
    expect(await part('validation', 3)).toEqual(validation);
    const others = await Promise.all([4, 5, 6].map(seed => part('validation', seed)));
    expect(others.some(other => String(other) !== String(validation))).toBe(true);
  });

  it.each<[string, ImageFolderOptions, string]>([
    ['an unknown class mode', { classMode: 'categoric' as 'none' }, "Did you mean 'categorical'?"],
    ['an unknown colour mode', { colorMode: 'gray' as 'rgb' }, "color mode 'gray'"],
    ['an unknown interpolation', { interpolation: 'cubic' as 'nearest' }, "Did you mean 'bicubic'?"],
    ['an odd size', { targetSize: [0, 3] }, 'targetSize is [0,3]'],
    ['a split without a subset', { validationSplit: 0.5 }, 'need each other'],
    ['a split of all', { validationSplit: 1, subset: 'training' }, 'validationSplit is 1'],
    [
      'a misspelt option',
      { clasMode: 'sparse' } as ImageFolderOptions,
      "option of imageFolder 'clasMode'. Did you mean 'classMode'?",
    ],
    ['an unknown choice for damaged files', { onCorrupt: 'ignore' as 'skip' }, "Unknown choice of onCorrupt 'ignore'"],
    ['a class that is named twice', { classes: ['a', 'a'] }, "'a' stands in classes twice"],
    ['no classes', { classes: [] }, 'classes is []: give a list of names'],
    ['a class that is no text', { classes: ['a', 1 as never] }, 'classes is ["a",1]: give a list of names'],
    ['a single name as classes', { classes: 'a' as unknown as string[] }, 'classes is "a": give a list'],
    ['a size that is one number', { targetSize: 2 as unknown as [number, number] }, 'targetSize is [2]'],
    ['a rescale that is no number', { rescale: Number.NaN }, 'give a factor, such as 1/255'],
    ['a seed for a split without a split', { splitSeed: 3 }, 'splitSeed is 3, but nothing is split'],
    ['a number of pixels that is a text', { maxPixels: '9' as unknown as number }, 'maxPixels is 9'],
    ['a class without folder', { classes: ['a', 'x'] }, "expected the folder of class 'x'"],
    [
      'a part without pictures',
      { validationSplit: 0.1, subset: 'validation' },
      'no picture is left for the validation',
    ],
  ])('refuses %s', async (_, options, message) => {
    const folder = await folderOf({ 'a/1.png': null });
    await expect(imageFolder(folder, options)).rejects.toThrow(message);
  });

  it('refuses a folder without classes, a class without pictures, and binary labels of three classes', async () => {
    await expect(imageFolder(join(root, 'nowhere'))).rejects.toThrow(InvalidArgumentError);
    await expect(imageFolder(await folderOf({ '1.png': null }))).rejects.toThrow('has no folder within');
    const hollow = await folderOf({ 'a/1.png': null });
    await mkdir(join(hollow, 'b'));
    await expect(imageFolder(hollow)).rejects.toThrow("Class 'b' has no picture");
    await expect(imageFolder(await folderOf({ 'a/1.png': null, 'b/notes.txt': '' }))).rejects.toThrow(
      "Class 'b' has no picture",
    );
    const three = await folderOf({ 'a/1.png': null, 'b/1.png': null, 'c/1.png': null });
    await expect(imageFolder(three, { classMode: 'binary' })).rejects.toThrow("class mode 'binary' is for two");
  });

  describe('for Keras 3.15', () => {
    const compat = 'keras-3.15';

    it('keeps classes that have no pictures or no folder', async () => {
      const folder = await folderOf({ 'a/1.png': null, 'b/notes.txt': '' });
      const source = await imageFolder(folder, { ...SIZE, compat });
      expect(source).toMatchObject({ classNames: ['a', 'b'], files: [{ path: 'a/1.png', classNumber: 0 }] });
      const listed = await imageFolder(folder, { ...SIZE, classes: ['ghost', 'a'], compat });
      expect(listed).toMatchObject({ classNames: ['ghost', 'a'], files: [{ path: 'a/1.png', classNumber: 1 }] });
      expect((await listed.read(0)).y).toEqual(Float32Array.of(0, 1));
    });

    it('has an empty part where the share of each class is less than a picture', async () => {
      const folder = await folderOf({ 'a/1.png': null, 'a/2.png': null, 'b/1.png': null });
      const source = await imageFolder(folder, { ...SIZE, validationSplit: 0.2, subset: 'validation', compat });
      expect(source).toMatchObject({ size: 0, files: [], classNames: ['a', 'b'] });
      expect((await imageFolder(folder, { ...SIZE, validationSplit: 0.2, subset: 'training', compat })).size).toBe(3);
    });

    it('gives class numbers for binary, however many classes there are', async () => {
      const folder = await folderOf({ 'a/1.png': null, 'b/1.png': null, 'c/1.png': null });
      const source = await imageFolder(folder, { ...SIZE, classMode: 'binary', compat });
      expect((await source.read(2)).y).toBe(2);
    });

    it('still refuses a folder that is not there, and other versions', async () => {
      await expect(imageFolder(join(root, 'nowhere'), { compat })).rejects.toThrow(InvalidArgumentError);
      await expect(imageFolder(root, { compat: 'keras-3' as typeof compat })).rejects.toThrow(
        "Did you mean 'keras-3.15'?",
      );
    });
  });
});
