import { cifarImages } from './cifarImages.js';
import { datasetFiles } from './datasetFiles.js';
import type { DatasetOptions } from './datasetOptions.js';
import { CIFAR10, type Split } from './datasets.js';
import type { ArraySource } from './source.js';

const CLASS_NAMES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/**
 * CIFAR-10, 50,000 small colour photographs to train with and 10,000 to test: `x` is uint8 `[rows, 32, 32, 3]`, scaled
 * by 1/255, `y` class numbers. Reads the official binary version, unpacked or as `cifar-10-binary.tar.gz`.
 *
 * @throws InvalidArgumentError where a named folder lacks the files
 * @throws FileFormatError where a file is damaged
 * @throws DownloadError where they can't be downloaded
 */
export async function cifar10(split: Split, options: DatasetOptions = {}): Promise<ArraySource> {
  const files = await datasetFiles(CIFAR10, split, options);
  return cifarImages(`CIFAR-10 ${split}`, files, { count: 1, wanted: 0, classNames: CLASS_NAMES });
}
