import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecodeOptions } from '../../../src/data/imageDecoder.js';
import type { Resizing } from '../../../src/picture/resizePicture.js';
import { built } from '../../helpers/built.js';

// All of it from dist: its threads run files of dist only, and TensorFlow can be loaded once a process.
const { DecodeCrew, decodeCrew, READY } =
  await built<typeof import('../../../src/picture/decodeCrew.js')>('src/picture/decodeCrew.js');
const { imageDecoder } = await built<typeof import('../../../src/data/imageDecoder.js')>('src/data/imageDecoder.js');
const { useNative } = await built<typeof import('../../../src/native/useNative.js')>('src/native/useNative.js');
const { currentNative } = await built<typeof import('../../../src/native/backend.js')>('src/native/backend.js');

const SIZE: DecodeOptions = { targetSize: [32, 40], interpolation: 'bilinear' };
const RESIZING: Resizing = {
  ...{ rows: 32, columns: 40, interpolation: 'bilinear', antialias: true, keepAspectRatio: false },
};

/** Made before TensorFlow is there: sharp alone. */
const alone = imageDecoder(SIZE);
const native = await useNative({ install: false }).then(currentNative, () => undefined);

/** Edges, slopes and noise. */
const photo = (rows: number, columns: number) => {
  const bytes = Uint8Array.from(
    { length: rows * columns * 3 },
    (_, i) => i * 0.37 + ((i * 7919) % 60) + (i % 97 < 9 ? 120 : 0),
  );
  return sharp(bytes, { raw: { width: columns, height: rows, channels: 3 } });
};

describe.skipIf(native === undefined)('decodeCrew', () => {
  if (native === undefined) return;
  const crew = decodeCrew(native);
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gradstream-crew-'));
  });
  afterAll(async () => {
    await crew.close();
    await rm(folder, { recursive: true });
  });

  const fileOf = async (name: string, content: Buffer): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  const plain: readonly [string, () => Promise<Buffer>][] = [
    ['4:2:0', () => photo(75, 101).jpeg({ quality: 90 }).toBuffer()],
    ['4:4:4', () => photo(75, 101).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    ['progressive', () => photo(64, 64).jpeg({ progressive: true }).toBuffer()],
    ['grey', () => photo(31, 17).toColourspace('b-w').jpeg().toBuffer()],
    ['one pixel', () => photo(1, 1).jpeg().toBuffer()],
    ...[2, 3, 4, 5, 6, 7, 8].map((orientation): [string, () => Promise<Buffer>] => [
      `orientation ${orientation}`,
      () =>
        photo(60, 90)
          .withExif({ IFD0: { Orientation: String(orientation) } })
          .jpeg()
          .toBuffer(),
    ]),
  ];

  // The same transform and the same interpolation of colours in both libraries. Only where a picture lies on its side is it
  // resized in another order, and what is rounded between the two directions differs.
  it.each(plain)('decodes a JPEG itself into the pixels that sharp gives: %s', async (name, content) => {
    const file = await fileOf('plain.jpg', await content());
    const pixels = await crew.decode(file, RESIZING, 1e6);
    const wanted = await alone.decode(file);
    const furthest = Math.max(...wanted.map((value, i) => Math.abs(value - (pixels?.[i] ?? -1000))));
    expect(furthest).toBeLessThanOrEqual(/orientation [5678]/.test(name) ? 1 : 0);
  });

  const others: readonly [string, () => Promise<Buffer>][] = [
    ['PNG', () => photo(9, 9).png().toBuffer()],
    ['WebP', () => photo(9, 9).webp().toBuffer()],
    ['print colours', () => photo(9, 9).toColourspace('cmyk').jpeg().toBuffer()],
    ['a colour space of its own', () => photo(9, 9).withIccProfile('p3').jpeg().toBuffer()],
    ['more pixels than allowed', () => photo(1001, 1000).jpeg().toBuffer()],
    ['cut short', async () => (await photo(50, 50).jpeg().toBuffer()).subarray(0, 900)],
    ['no picture', async () => Buffer.from('no picture')],
    ['empty', async () => Buffer.alloc(0)],
  ];

  it.each(others)('leaves other files to sharp: %s', async (_, content) => {
    expect(await crew.decode(await fileOf('other', await content()), RESIZING, 1e6)).toBeUndefined();
  });

  it('leaves a file that is not there to the one who can say so', async () => {
    expect(await crew.decode(join(folder, 'nowhere.jpg'), RESIZING, 1e6)).toBeUndefined();
    await expect(imageDecoder(SIZE).decode(join(folder, 'nowhere.jpg'))).rejects.toThrow(/nowhere\.jpg.*ENOENT/);
  });

  it('outlives a file that is too large to be read, and a picture that there is no memory for', async () => {
    const other = new DecodeCrew({ files: native.files, config: native.config });
    const file = await fileOf('fine.jpg', await photo(50, 50).jpeg().toBuffer());
    const huge = await fileOf('huge.jpg', Buffer.alloc(0));
    await truncate(huge, 3 * 2 ** 30);
    expect(await other.decode(huge, RESIZING, 1e6)).toBeUndefined();
    expect(await other.decode(file, { ...RESIZING, rows: 60_000, columns: 60_000 }, 1e6)).toBeUndefined();
    expect(await other.decode(file, RESIZING, 1e6)).toHaveLength(32 * 40 * 3);
    await other.close();
  });

  it('finds the same files damaged as sharp does, wherever they are cut', async () => {
    const whole = await photo(40, 40).jpeg().toBuffer();
    const decoder = imageDecoder(SIZE);
    for (let length = 100; length < whole.length; length += 97) {
      const file = await fileOf('cut.jpg', whole.subarray(0, length));
      await expect(decoder.decode(file), `cut at ${length} of ${whole.length}`).rejects.toThrow(
        /cut\.jpg can't be read as a picture/,
      );
    }
  });

  it('gives the same pixels whatever is decoded meanwhile', async () => {
    const files = await Promise.all(
      [50, 80, 33, 120].map(async side => fileOf(`${side}.jpg`, await photo(side, 70).jpeg().toBuffer())),
    );
    const one = await Promise.all(files.map(file => alone.decode(file)));
    const many = await Promise.all(Array.from({ length: 60 }, (_, i) => crew.decode(files[i % 4], RESIZING, 1e6)));
    expect(many.every((pixels, i) => pixels !== undefined && Buffer.compare(pixels, one[i % 4]) === 0)).toBe(true);
    expect(crew.openFiles).toBe(0);
  });

  it('lets a program end that has read fewer pictures than there are threads', async () => {
    await fileOf('only.jpg', await photo(20, 20).jpeg().toBuffer());
    const program = `
      import { imageFolder, useNative } from ${JSON.stringify(resolve('dist/src/index.js'))};
      await useNative({ install: false });
      await (await imageFolder(${JSON.stringify(join(folder, '..'))}, { classes: [${JSON.stringify(basename(folder))}] })).read(0);
    `;
    // Options of the process are not for its threads: with this one none would start.
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 20_000,
    });
    expect(stderr).not.toContain('A thread that decodes');
  }, 30_000);

  it('keeps nothing of the pictures that it has decoded', async () => {
    const file = await fileOf('big.jpg', await photo(400, 600).jpeg({ quality: 95 }).toBuffer());
    const some = async (count: number) => {
      for (let i = 0; i < count; i += 8) {
        await Promise.all(Array.from({ length: 8 }, () => crew.decode(file, RESIZING, 1e6)));
      }
      return process.memoryUsage.rss();
    };
    const before = await some(80);
    // A forgotten string would be 80 MB by then, a forgotten picture 290 MB.
    expect((await some(400)) - before).toBeLessThan(60e6);
  });

  it('leaves what it was at to sharp where its threads end', async () => {
    const other = new DecodeCrew({ files: native.files, config: native.config });
    const file = await fileOf('last.jpg', await photo(50, 50).jpeg().toBuffer());
    const open = Array.from({ length: 4 }, () => other.decode(file, RESIZING, 1e6));
    await other.close();
    expect(await Promise.all(open)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await other.decode(file, RESIZING, 1e6)).toBeUndefined();
    expect(other.openFiles).toBe(0);
  });

  it('ends no thread that is still starting, which would end the process', async () => {
    const told: unknown[][] = [];
    const listen = (worker: Worker): void => {
      const messages: unknown[] = [];
      told.push(messages);
      worker.on('message', message => messages.push(message));
    };
    process.on('worker', listen);
    const other = new DecodeCrew({ files: native.files, config: native.config });
    const open = other.decode(join(folder, 'nowhere.jpg'), RESIZING, 1e6);
    await other.close();
    process.off('worker', listen);
    expect(await open).toBeUndefined();
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(([first]) => first === READY)).toBe(true);
  });
});
