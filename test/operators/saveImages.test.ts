import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { concat, lastValueFrom, NEVER, of, tap, toArray } from 'rxjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batch } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { paced } from '../../operators/paced.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { type SaveImagesOptions, saveImages } from '../../operators/saveImages.js';
import { batchOf } from '../../operators/testing/samples.js';
import type { Batch } from '../../src/data/batch.js';
import { fromArrays } from '../../src/data/fromArrays.js';
import { BufferOverflowError } from '../../src/error/bufferOverflowError.js';
import { FileAccessError } from '../../src/error/fileAccessError.js';
import { GradstreamError } from '../../src/error/gradstreamError.js';
import { InvalidArgumentError } from '../../src/error/invalidArgumentError.js';
import { itKeepsOperatorHabits } from '../helpers/itKeepsOperatorHabits.js';

let root = '';
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gradstream-save-'));
});
afterAll(() => rm(root, { recursive: true }));
const newFolder = () => join(root, String(made++));

/** Ten pictures of 1 × 2 pixels, all of their own number and 100. */
const source = fromArrays({
  x: { data: Uint8Array.from({ length: 60 }, (_, i) => (i % 6 < 3 ? Math.floor(i / 6) : 100)), shape: [10, 1, 2, 3] },
  y: new Uint8Array(10),
});
const floats = (data: readonly number[], shape: readonly number[]): Batch => ({
  kind: 'values',
  x: { data: Float32Array.from(data), shape: [1, ...shape] },
  y: { data: Float32Array.of(0), shape: [1] },
  ...{ seed: 1, epoch: 2, size: 1, cursor: { epoch: 2, position: 8 } },
});
const save = (dir: string, options: SaveImagesOptions, ...batches: Batch[]) =>
  lastValueFrom(of(...batches).pipe(saveImages(dir, options), toArray()));
/** With as many channels as the file has. */
async function pixels(file: string): Promise<number[]> {
  const { channels } = await sharp(file).metadata();
  const raw = sharp(file)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw();
  return Array.from(await raw.toBuffer());
}

describe('saveImages', () => {
  const values = { a: batchOf([0], source), b: batchOf([1], source) };
  // Without a picture to be written it is done in the same tick.
  itKeepsOperatorHabits<Batch, Batch>({ operator: () => saveImages('nowhere', { count: 0 }), values, results: values });

  it('passes batches on at once, and ends when all files are written', async () => {
    const dir = newFolder();
    const seen: Batch[] = [];
    const done = lastValueFrom(
      of(values.a, batchOf([3, 4], source)).pipe(
        saveImages(dir),
        tap(value => seen.push(value)),
      ),
    );
    expect(seen).toHaveLength(2);
    await done;
    expect((await readdir(dir)).sort()).toEqual(['0_0.png', '0_1.png']);
    expect(await pixels(join(dir, '0_1.png'))).toEqual([4, 4, 4, 100, 100, 100]);
  });

  it('names files by prefix, epoch and place, in the format that was asked for', async () => {
    const dir = newFolder();
    await save(dir, { prefix: 'seen', format: 'jpeg' }, floats([0, 1, 0, 1, 0, 1], [1, 2, 3]));
    expect(await readdir(dir)).toEqual(['seen_2_7.jpeg']);
    expect((await sharp(join(dir, 'seen_2_7.jpeg')).metadata()).format).toBe('jpeg');
  });

  it.each<[string, SaveImagesOptions, readonly number[], readonly number[], readonly number[]]>([
    ['stretches floats from the lowest to the highest', {}, [-1, 0, 1], [1, 3, 1], [0, 128, 255]],
    ['cuts off at a given range', { range: [0, 2] }, [-1, 1, 3], [3, 1, 1], [0, 128, 255]],
    ['makes a picture of one value black', {}, [5, 5, 5], [1, 1, 3], [0, 0, 0]],
    [
      'takes channels that come first',
      { dataFormat: 'channelsFirst' },
      [0, 1, 0, 0, 0, 0],
      [3, 1, 2],
      [0, 0, 0, 255, 0, 0],
    ],
  ])('%s', async (_, options, data, shape, expected) => {
    const dir = newFolder();
    await save(dir, options, floats(data, shape));
    expect(await pixels(join(dir, '2_7.png'))).toEqual(expected);
  });

  it('saves as many as were asked for', async () => {
    const dir = newFolder();
    await save(dir, { count: 3 }, batchOf([0, 1], source), { ...batchOf([2, 3], source), epoch: 1 });
    expect((await readdir(dir)).sort()).toEqual(['0_0.png', '0_1.png', '1_0.png']);
  });

  it('can stand in what a run pulls', async () => {
    const dir = newFolder();
    const through = pipeBatches(batch(4), saveImages(dir));
    const samples = epochSamples(source, { seed: 1, epoch: 0, shuffle: false });
    const sizes$ = paced({ source: samples, through, consume: ({ size }) => size });
    expect(await lastValueFrom(sizes$.pipe(toArray()))).toEqual([4, 4, 2]);
    expect(await readdir(dir)).toHaveLength(10);
    expect(await pixels(join(dir, '0_9.png'))).toEqual([9, 9, 9, 100, 100, 100]);
  });

  it('fails where more pictures wait than may', async () => {
    const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    await expect(save(newFolder(), { buffer: 5 }, batchOf(rows, source))).rejects.toThrow(BufferOverflowError);
    await expect(save(newFolder(), { buffer: 6 }, batchOf(rows, source))).resolves.toHaveLength(1);
  });

  it('fails with a clear error where nothing can be written, and leaves nothing behind', async () => {
    const file = join(root, 'file');
    await writeFile(file, 'no folder');
    const saved = save(join(file, 'below'), {}, values.a);
    await expect(saved).rejects.toThrow(FileAccessError);
    await expect(saved).rejects.toThrow(/Can't write .*A part of this path is a file/);
  });

  it('tells of a failure while the source is still running', async () => {
    const file = join(root, 'other');
    await writeFile(file, 'no folder');
    const running = concat(of(values.a), NEVER).pipe(saveImages(join(file, 'below')));
    await expect(lastValueFrom(running)).rejects.toThrow(FileAccessError);
  });

  it('leaves whole files alone behind where it is unsubscribed', async () => {
    const dir = newFolder();
    const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const subscription = of(batchOf(rows, source)).pipe(saveImages(dir)).subscribe();
    subscription.unsubscribe();
    await setTimeout(200);
    // What was being written then is finished, however long that takes.
    await expect.poll(async () => (await readdir(dir)).filter(name => !name.endsWith('.png'))).toEqual([]);
    expect((await readdir(dir)).length).toBeLessThanOrEqual(4);
  });

  it.each<[string, () => unknown]>([
    ['an empty folder name', () => saveImages('')],
    ['a path as prefix', () => saveImages('a', { prefix: 'b/c' })],
    ['an unknown format', () => saveImages('a', { format: 'gif' as 'png' })],
    ['half a picture', () => saveImages('a', { count: 0.5 })],
    ['half a range', () => saveImages('a', { range: [1] as unknown as [number, number] })],
    ['a range without width', () => saveImages('a', { range: [1, 1] })],
    ['a range of no numbers', () => saveImages('a', { range: [0, Number.NaN] })],
    ['no buffer', () => saveImages('a', { buffer: 0 })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(GradstreamError);
  });

  it.each([[[2, 3]], [[1, 3, 2]]])('fails for examples of shape %j', async shape => {
    await expect(save(newFolder(), {}, floats(new Array(6).fill(0), shape))).rejects.toThrow(InvalidArgumentError);
  });
});
