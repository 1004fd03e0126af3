import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { augmentationGrid } from '../../pipelines/augmentationGrid.js';
import { augmentation } from '../../src/augment/augmentation.js';
import { chainTransforms } from '../../src/augment/chainTransforms.js';
import type { ExampleTransform } from '../../src/augment/exampleTransform.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import type { IndexedSource } from '../../src/data/source.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { foldIn, randomKey } from '../../src/random/randomKey.js';

/** 2 pictures of 1 row and 2 columns: black and grey, black and white. */
const source = fromArrays({ x: { data: Uint8Array.of(0, 128, 0, 255), shape: [2, 1, 2, 1] }, y: [0, 1] });

describe('augmentationGrid', () => {
  it('shows a line for each picture: the original, then its variants', async () => {
    const shifted = augmentation({ widthShiftRange: [1], fillMode: 'wrap' });
    const png = await augmentationGrid(source, shifted, { variants: 2, zoom: 1 });
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 4 + 3 * 6, height: 4 + 2 * 5 });
    const grey = (row: number, column: number) => data[(row * info.width + column) * info.channels];
    expect([grey(4, 4), grey(4, 5), grey(9, 4), grey(9, 5)]).toEqual([0, 128, 0, 255]);
    expect([grey(4, 10), grey(4, 11), grey(9, 16), grey(9, 17)]).toEqual([128, 0, 255, 0]);
    expect(grey(0, 0)).toBe(255);
  });

  it('shows pictures of floats and with the channels first', async () => {
    const x = { data: Float32Array.of(1, 0, 0, 0.5, 0, 0), shape: [1, 3, 1, 2] };
    const png = await augmentationGrid(fromArrays({ x, y: [0] }), augmentation({ dataFormat: 'channelsFirst' }), {
      variants: 1,
      zoom: 1,
    });
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const at = (4 * info.width + 4) * info.channels;
    expect(Array.from(data.subarray(at, at + 6))).toEqual([255, 0, 0, 0, 128, 0]);
  });

  it('shows pictures of files as it does those of arrays', async () => {
    const read = async (row: number) => ({ x: row === 0 ? Uint8Array.of(0, 128) : Uint8Array.of(0, 255), y: row });
    const files: IndexedSource = { kind: 'indexed', name: 'files', size: 2, inputShape: [1, 2, 1], read };
    const changes = augmentation({ widthShiftRange: [1], fillMode: 'wrap' });
    expect(await augmentationGrid(files, changes)).toEqual(await augmentationGrid(source, changes));
    await expect(augmentationGrid(files, changes, { rows: [2] })).rejects.toThrow(InvalidArgumentError);
  });

  it('shows what functions of an example do, one after the other, each with random numbers of its own', async () => {
    const keys: unknown[] = [];
    const add =
      (amount: number): ExampleTransform =>
      (example, key) => {
        keys.push(key);
        return { ...example, x: example.x.map(value => value + amount) };
      };
    const png = await augmentationGrid(source, chainTransforms(add(50), add(7)), { rows: [0], variants: 2, zoom: 1 });
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const line = (column: number) => data[(4 * info.width + column) * info.channels];
    expect([line(4), line(5), line(10), line(11), line(16), line(17)]).toEqual([0, 128, 57, 185, 57, 185]);
    expect(new Set(keys.map(String)).size).toBe(4);
    expect(keys[0]).toEqual(foldIn(randomKey(0, 'augment', 0, 0), 0));
  });

  it.each([
    ['no variant', { variants: 0 }],
    ['a row that is not there', { rows: [2] }],
    ['a zoom to more pixels than a picture can have', { zoom: 10_000 }],
  ])('refuses %s', async (_, options) => {
    await expect(augmentationGrid(source, augmentation(), options)).rejects.toThrow(InvalidArgumentError);
  });

  it('refuses pictures of two channels', async () => {
    const two = fromArrays({ x: { data: new Uint8Array(2), shape: [1, 1, 1, 2] }, y: [0] });
    await expect(augmentationGrid(two, augmentation())).rejects.toThrow('expected 1, 3 or 4');
  });
});
