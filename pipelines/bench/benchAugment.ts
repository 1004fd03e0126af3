import { setImmediate } from 'node:timers/promises';
import { from } from 'rxjs';
import { augmentImages } from '../../operators/augmentImages.js';
import { batch as batched } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { type AugmentationOptions, augmentation } from '../../src/augment/augmentation.js';
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

/** Pictures a second, through the public operators: uint8 rows in random order in, batches of augmented float32 pixels out. */
export async function benchAugment({ set, batch, seconds, threads, data }: BenchAugmentOptions): Promise<void> {
  const model = benchModels.cnn;
  const pictures = data === undefined ? noise(model) : await model.source(data);
  const { scaling: _, ...source } = pictures;
  const operator = augmentImages(augmentation(sets[set]));
  let epoch = 0;

  async function run(milliseconds: number): Promise<number> {
    const begin = performance.now();
    for (let images = 0; ; epoch++) {
      from(epochSamples(source, { seed: 1, epoch }))
        .pipe(batched(batch), operator)
        .subscribe(({ size }) => {
          images += size;
        });
      const time = performance.now() - begin;
      if (time >= milliseconds) return (images / time) * 1000;
      await setImmediate();
    }
  }

  await run(WARMUP * seconds * 1000);
  const rate = await run(seconds * 1000);
  const kind = data === undefined ? 'noise' : 'real';
  printLine({ bench: 'augment', variant: 'host', set, batch, images_per_s: rate, data: kind, threads });
}
