import { datasetFiles } from './datasetFiles.js';
import type { DatasetOptions } from './datasetOptions.js';
import { FASHION_MNIST, type Split } from './datasets.js';
import { idxImages } from './idxImages.js';
import type { ArraySource } from './source.js';

const CLASS_NAMES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/**
 * Fashion-MNIST, 60,000 pictures of clothes to train with and 10,000 to test, in MNIST's form: `x` is uint8
 * `[rows, 784]`, scaled by 1/255, `y` class numbers.
 *
 * Its files have the names of MNIST's: name a folder that has no others, or one with a folder `fashion-mnist` in it.
 *
 * @throws InvalidArgumentError where a named folder lacks the files
 * @throws FileFormatError where a file is damaged
 * @throws DownloadError where they can't be downloaded
 */
export async function fashionMnist(split: Split, options: DatasetOptions = {}): Promise<ArraySource> {
  return idxImages(FASHION_MNIST, split, await datasetFiles(FASHION_MNIST, split, options), CLASS_NAMES);
}
