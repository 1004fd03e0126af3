import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { from, lastValueFrom, type OperatorFunction, pipe, toArray } from 'rxjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { augment } from '../../../operators/augment.js';
import { augmentImages } from '../../../operators/augmentImages.js';
import { batch } from '../../../operators/batch.js';
import { epochSamples } from '../../../operators/epochSamples.js';
import { pipeBatches } from '../../../operators/pipeBatches.js';
import { augmentation } from '../../../src/augment/augmentation.js';
import { colorJitter } from '../../../src/augment/colorJitter.js';
import { cutout } from '../../../src/augment/cutout.js';
import { imageTransform } from '../../../src/augment/imageTransform.js';
import { randAugment } from '../../../src/augment/randAugment.js';
import { randomCrop } from '../../../src/augment/randomCrop.js';
import type { Batch, ValueBatch } from '../../../src/data/batch.js';
import { imageFolder } from '../../../src/data/imageFolder.js';
import { imageList } from '../../../src/data/imageList.js';
import type { Sample } from '../../../src/data/sample.js';
import type { IndexedSource } from '../../../src/data/source.js';
import { createLearner } from '../../../src/learner/createLearner.js';
import { nativeOrNull } from '../../helpers/native.js';

const native = await nativeOrNull();

const SHAPE = [6, 5, 3];
const changes = augmentation({ rotationRange: 30, widthShiftRange: 0.3, horizontalFlip: true, channelShiftRange: 9 });
const options = { targetSize: [6, 5], classMode: 'input' } as const;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradstream-input-'));
  await mkdir(join(folder, 'a'));
  for (let i = 0; i < 4; i++) {
    const pixels = Uint8Array.from({ length: 90 }, (_, at) => (at * 7919 + i * 31) % 251);
    const picture = sharp(pixels, { raw: { height: 6, width: 5, channels: 3 } });
    await writeFile(join(folder, `a/${i}.png`), await picture.png().toBuffer());
  }
  await writeFile(join(folder, 'list.csv'), 'filename\na/0.png\na/1.png\na/2.png\na/3.png\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function batchesOf(source: IndexedSource, through: OperatorFunction<Sample, Batch>): Promise<ValueBatch[]> {
  const batches$ = from(epochSamples(source, { seed: 7, epoch: 0 })).pipe(through);
  const batches: Batch[] = await lastValueFrom(batches$.pipe(toArray()));
  return batches as ValueBatch[];
}

const same = ({ x, y }: ValueBatch): void => expect(y).toEqual({ data: x.data, shape: x.shape });

describe("targets of class mode 'input'", () => {
  it.each(['imageFolder', 'imageList'])('are the pictures of %s as the network gets them', async name => {
    for (const more of [{}, { rescale: 1 / 255 }]) {
      const all = { ...options, ...more };
      const source = await (name === 'imageList' ? imageList(join(folder, 'list.csv'), all) : imageFolder(folder, all));
      const plain = await batchesOf(source, batch(4));
      const augmented = await batchesOf(source, pipeBatches(batch(4), augmentImages(changes)));
      plain.forEach(same);
      augmented.forEach(same);
      expect(augmented[0].y.data).not.toEqual(Float32Array.from(plain[0].y.data));
    }
  });

  it.each<[string, OperatorFunction<Sample, Batch>]>([
    ["engine 'step'", pipeBatches(batch(2), augmentImages(changes, { engine: 'step' }))],
    ['imageTransform', pipe(augment(imageTransform(changes, SHAPE)), batch(2))],
    ['colorJitter', pipe(augment(colorJitter({ brightness: 0.5 }, SHAPE)), batch(2))],
    ['randAugment', pipe(augment(randAugment({}, SHAPE)), batch(2))],
    ['randomCrop', pipe(augment(randomCrop({ padding: 2 }, SHAPE)), batch(2))],
    ['cutout', pipe(augment(cutout({ size: 3 }, SHAPE)), batch(2))],
  ])('change with the pictures by %s', async (_, through) => {
    const source = await imageFolder(folder, { ...options, rescale: 1 / 255 });
    const batches = await batchesOf(source, through);
    const plain = await batchesOf(source, batch(2));
    batches.forEach(same);
    expect(batches.map(({ y }) => y.data)).not.toEqual(plain.map(({ y }) => y.data));
  });

  it('stay as they are, scaled, where a function changes the picture alone', async () => {
    const source = await imageFolder(folder, { ...options, rescale: 1 / 255 });
    const darken = augment(example => ({ ...example, x: example.x.map(() => 0) }));
    const [dark] = await batchesOf(source, pipe(darken, batch(4)));
    const [plain] = await batchesOf(source, batch(4));
    expect(dark.x.data).toEqual(new Float32Array(360));
    expect(dark.y).toEqual({ data: plain.x.data, shape: [4, ...SHAPE] });
  });

  it.each([['eager', false] as const, ...(native === null ? [] : [['compiled', true] as const])])(
    'are what a step compares with (%s): before an output of zeros the loss is their mean square',
    async (_, compile) => {
      const source = await imageFolder(folder, { ...options, rescale: 1 / 255 });
      const [augmented] = await batchesOf(source, pipeBatches(batch(4), augmentImages(changes)));
      const model = sequential({
        layers: [layers.conv2d({ inputShape: SHAPE, kernelSize: 1, filters: 3, kernelInitializer: 'zeros' })],
      });
      const learner = createLearner({ model, optimizer: 'sgd', loss: 'mse', compile });
      const { loss } = await learner.step(augmented, { learningRate: 0, iterations: 0 });
      const mean = Array.from(augmented.x.data).reduce((sum, value) => sum + value ** 2, 0) / 360;
      expect(loss).toBeCloseTo(mean, 5);
      await learner.dispose();
    },
  );
});
