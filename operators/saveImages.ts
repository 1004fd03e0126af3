import { join } from 'node:path';
import { defer, ignoreElements, type MonoTypeOperatorFunction, map, merge, mergeMap, Subject, take, tap } from 'rxjs';
import type { HostData } from '../src/array/hostArray.js';
import { hostValues } from '../src/augment/hostValues.js';
import type { DataFormat } from '../src/augment/imageShape.js';
import { pictureBytes } from '../src/augment/pictureBytes.js';
import { pixelLayout } from '../src/augment/pixelLayout.js';
import type { Batch } from '../src/data/batch.js';
import { BufferOverflowError } from '../src/error/bufferOverflowError.js';
import { checkCount } from '../src/error/checkCount.js';
import { checkNames } from '../src/error/checkNames.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { atomicWrite } from '../src/file/atomicWrite.js';
import { loadSharp } from '../src/picture/loadSharp.js';

/** The parameters of ImageDataGenerator's `flow` that begin with `save_`, and bounds. */
export interface SaveImagesOptions {
  /** Begins each file's name. Default: nothing. */
  readonly prefix?: string;
  /** Default: `png`. */
  readonly format?: 'png' | 'jpeg';
  /** Values that become black and white. Default: of bytes 0 and 255, of floats each picture's lowest and highest. */
  readonly range?: readonly [number, number];
  /** Pictures that are saved, from the first on. Default: all. */
  readonly count?: number;
  /** Pictures that may wait to be written. Default 1024. */
  readonly buffer?: number;
  /** Default: `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

/** Pictures that are encoded and written at one time. */
const AT_ONCE = 4;

/** A picture on its way to the disk. */
interface Picture {
  readonly name: string;
  readonly bytes: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * Writes the pictures of batches to a folder, and passes the batches on: a look at what the network gets, as Keras's
 * `save_to_dir`.
 *
 * ```
 * source:    -x-y-|
 *            saveImages('seen', { prefix: 'train' })
 * result:    -x-y---|      ends when seen/train_0_0.png, seen/train_0_1.png, … are written
 * ```
 *
 * A file's name is made of prefix, epoch and place in the epoch, so that a run that is resumed writes the same files. Each is written
 * whole or not at all.
 *
 * *Backpressure:* batches pass in the same tick; pictures wait in a buffer of bytes while others are written.
 *
 * *Errors:* passed on. BufferOverflowError where more than `buffer` pictures wait; FileAccessError where one can't be written, for a
 * full or read-only disk; InvalidArgumentError for examples that aren't pictures of 1, 3 or 4 channels. Unsubscribing drops what
 * waits.
 *
 * ## Example
 * The first hundred pictures after augmentation
 * ```ts
 * import { augmentation } from 'gradstream';
 * import { augmentImages, batch, pipeBatches, saveImages } from 'gradstream/operators';
 *
 * const augmented = augmentImages(augmentation({ horizontalFlip: true }));
 * const through = pipeBatches(batch(32), augmented, saveImages('seen', { count: 100 }));
 * console.log(through.batchesOf(320)); // 10
 * ```
 *
 * @param dir made as needed.
 * @param options names, format, how values become colours, and bounds.
 * @returns An operator that passes batches on.
 * @throws InvalidArgumentError where an option can't be meant, UnknownNameError for an unknown format.
 */
export function saveImages(dir: string, options: SaveImagesOptions = {}): MonoTypeOperatorFunction<Batch> {
  const { prefix = '', format = 'png', count = Number.POSITIVE_INFINITY, buffer = 1024, range } = options;
  if (dir === '' || /[/\\]/.test(prefix)) {
    throw new InvalidArgumentError(
      `saveImages: folder '${dir}', prefix '${prefix}': name a folder, and a prefix without / or \\.`,
    );
  }
  checkNames('picture format', [format], ['png', 'jpeg']);
  if (count !== Number.POSITIVE_INFINITY) checkCount('saveImages', { count });
  checkCount('saveImages', { buffer }, 1);
  if (range !== undefined && !(range.length === 2 && range.every(Number.isFinite) && range[0] !== range[1])) {
    throw new InvalidArgumentError(
      `saveImages: range is ${JSON.stringify(range)}: give two numbers, that of black and that of white.`,
    );
  }
  return source =>
    defer(() => {
      let waiting = 0;
      const accept = (picture: Picture): Picture => {
        if (++waiting > buffer + AT_ONCE) throw overflow(buffer);
        return picture;
      };
      const write = async (picture: Picture): Promise<void> => {
        await atomicWrite(join(dir, `${picture.name}.${format}`), await encode(picture, format));
        waiting--;
      };
      const batches = new Subject<Batch>();
      const saved = batches.pipe(
        mergeMap(batch => picturesOf(batch, prefix, options)),
        take(count),
        map(accept),
        mergeMap(write, AT_ONCE),
        ignoreElements(),
      );
      return merge(saved, source.pipe(tap({ next: batch => batches.next(batch), complete: () => batches.complete() })));
    });
}

function* picturesOf(batch: Batch, prefix: string, options: SaveImagesOptions): Generator<Picture> {
  const { data, shape } = hostValues(batch).x;
  const layout = pixelLayout(shape.slice(1), options.dataFormat ?? 'channelsLast');
  const { rows: height, columns: width, channels, pixels } = layout;
  if (![1, 3, 4].includes(channels)) {
    throw new InvalidArgumentError(`saveImages: pictures have ${channels} channels, expected 1, 3 or 4.`);
  }
  const first = batch.cursor.position - batch.size;
  for (let i = 0; i < batch.size; i++) {
    const from = i * pixels * channels;
    const range = options.range ?? rangeOf(data, from, from + pixels * channels);
    const name = [...(prefix === '' ? [] : [prefix]), batch.epoch, first + i].join('_');
    yield { name, bytes: pictureBytes(data, from, layout, range), width, height, channels };
  }
}

function rangeOf(data: HostData, from: number, to: number): readonly [number, number] {
  if (data instanceof Uint8Array) return [0, 255];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = from; i < to; i++) {
    low = Math.min(low, data[i]);
    high = Math.max(high, data[i]);
  }
  return [low, high];
}

async function encode({ bytes, width, height, channels }: Picture, format: 'png' | 'jpeg'): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 | 4 } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .toFormat(format)
    .toBuffer();
}

const overflow = (buffer: number): BufferOverflowError =>
  new BufferOverflowError(
    `saveImages: more than ${buffer} pictures wait to be written, since batches come faster. Say by 'count' how many you want ` +
      "to see, or raise 'buffer'.",
  );
