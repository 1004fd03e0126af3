import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageFolderOptions, imageFolder } from '../../../src/data/imageFolder.js';
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

  it('refuses a picture with more pixels than allowed without decoding it', async () => {
    const source = await imageFolder(await folderOf({ 'a/1.png': null }), { ...SIZE, maxPixels: 5 });
    await expect(source.read(0)).rejects.toThrow(/1\.png.*pixel limit/);
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
    await expect(imageFolder(await folderOf({ 'a/1.png': null, 'b/notes.txt': '' }))).rejects.toThrow(
      "Class 'b' has no picture",
    );
    const three = await folderOf({ 'a/1.png': null, 'b/1.png': null, 'c/1.png': null });
    await expect(imageFolder(three, { classMode: 'binary' })).rejects.toThrow("class mode 'binary' is for two");
  });
});
