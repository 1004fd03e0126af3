import { lastValueFrom, map, type Observable, takeWhile } from 'rxjs';
import { augmentImages } from '../../operators/augmentImages.js';
import { batch as batched } from '../../operators/batch.js';
import { paced } from '../../operators/paced.js';
import { pipeBatches } from '../../operators/pipeBatches.js';
import { type AugmentationOptions, augmentation } from '../../src/augment/augmentation.js';
import { endlessBatches } from '../trainingSamples.js';
import { printLine } from './benchLine.js';
import { benchModels, noise } from './benchModels.js';

const shiftFlip: AugmentationOptions = { widthShiftRange: 0.1, heightShiftRange: 0.1, horizontalFlip: true };

/** In the words of ImageDataGenerator; the same as in the benchmarks of other libraries. */
const sets: Readonly<Record<string, AugmentationOptions>> = {
  'shift-flip': shiftFlip,
  full: { ...shiftFlip, rotationRange: 15, shearRange: 10, zoomRange: 0.2, channelShiftRange: 20 },
};

export interface BenchAugmentOptions {
  readonly set: string;
  readonly batch: number;
  readonly seconds: number;
  readonly threads: number;
  readonly data?: string | undefined;
}

/** Share of the measured time that is spent before, on other pictures. */
const WARMUP = 0.3;

/**
 * Pictures a second, through the public operators: uint8 rows in random order in, batches of augmented float32 pixels out. The
 * calling thread alone, then with all threads.
 */
export async function benchAugment({ set, batch, seconds, threads, data }: BenchAugmentOptions): Promise<void> {
  const model = benchModels.cnn;
  const pictures = data === undefined ? noise(model) : await model.source(data);
  const { scaling: _, ...source } = pictures;
  const options = augmentation(sets[set]);
  const workers = threads - 1;
  for (const helpers of workers === 0 ? [0] : [0, workers]) {
    const { samples, through } = endlessBatches(
      source,
      { seed: 1, cursor: { epoch: 0, position: 0 }, shuffle: true },
      pipeBatches(batched(batch), augmentImages(options, { workers: helpers })),
    );
    const augmented = paced({ source: samples, through, consume: ({ size }) => size });
    printLine({
      bench: 'augment',
      variant: helpers === 0 ? 'host' : `host+workers${helpers}`,
      set,
      batch,
      images_per_s: await rateOf(augmented, seconds * 1000),
      data: data === undefined ? 'noise' : 'real',
      threads,
    });
  }
}

/** Pictures a second. */
function rateOf(sizes: Observable<number>, milliseconds: number): Promise<number> {
  const start = performance.now() + WARMUP * milliseconds;
  let begin: number | undefined;
  let pictures = 0;
  let elapsed = 0;
  const measured = sizes.pipe(
    map(size => {
      const now = performance.now();
      if (begin !== undefined) {
        pictures += size;
        elapsed = now - begin;
      } else if (now >= start) begin = now;
      return (pictures / elapsed) * 1000;
    }),
    takeWhile(() => elapsed < milliseconds, true),
  );
  return lastValueFrom(measured);
}
