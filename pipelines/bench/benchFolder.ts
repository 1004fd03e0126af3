import { lastValueFrom } from 'rxjs';
import { batch as batched } from '../../operators/batch.js';
import { epochSamples } from '../../operators/epochSamples.js';
import { paced } from '../../operators/paced.js';
import type { Batch } from '../../src/data/batch.js';
import { imageFolder } from '../../src/data/imageFolder.js';
import { inputPieces } from '../../src/data/inputPieces.js';
import { startBackend } from '../cli/startBackend.js';
import { printLine } from './benchLine.js';

export interface BenchFolderOptions {
  /** Class folders of pictures. */
  readonly folder: string;
  readonly batch: number;
  /** Rows and columns of the finished pictures. */
  readonly size: number;
  readonly threads: number;
}

/**
 * Pictures a second, through the public operators: files in random order in, float32 batches of `[size, size, 3]`, bilinear
 * and scaled to 0 … 1, out. One pass warms the file cache, the next is measured. Once as Keras's `image_dataset_from_directory`
 * resizes, which looks at the nearest pixels only, and once as its `flow_from_directory` does.
 */
export async function benchFolder(options: BenchFolderOptions): Promise<void> {
  await startBackend(options);
  await measure('nearest-pixels', false, options);
  await measure('antialias', true, options);
}

async function measure(
  variant: string,
  antialias: boolean,
  { folder, batch, size, threads }: BenchFolderOptions,
): Promise<void> {
  const source = await imageFolder(folder, {
    targetSize: [size, size],
    interpolation: 'bilinear',
    antialias,
    classMode: 'sparse',
    rescale: 1 / 255,
  });
  const inputs = new Float32Array(batch * size * size * 3);
  const pass = async (epoch: number): Promise<number> => {
    const begin = performance.now();
    const samples = epochSamples(source, { seed: 1, epoch });
    const consume = (made: Batch): void => takeInputs(made, inputs);
    await lastValueFrom(paced({ source: samples, through: batched(batch), consume }));
    return performance.now() - begin;
  };
  await pass(0);
  const time = await pass(1);
  const rate = (source.size / time) * 1000;
  printLine({ bench: 'folder', variant, batch, size, images_per_s: rate, images: source.size, threads });
}

/** As a step does it: into memory of its own, which the next batch goes to as well. */
function takeInputs(batch: Batch, inputs: Float32Array): void {
  if (batch.kind !== 'values') throw new Error('The batches of a folder are no values.');
  let at = 0;
  for (const piece of inputPieces(batch)) {
    inputs.set(piece, at);
    at += piece.length;
  }
}
