import { UnknownNameError } from '../error/unknownNameError.js';
import { COARSE_CLASSES, FINE_CLASSES } from './cifar100Classes.js';
import { cifarImages } from './cifarImages.js';
import { datasetFiles } from './datasetFiles.js';
import type { DatasetOptions } from './datasetOptions.js';
import { CIFAR100, type Split } from './datasets.js';
import type { ArraySource } from './source.js';

export interface Cifar100Options extends DatasetOptions {
  /** The 100 classes (`fine`, as Keras's default) or the 20 superclasses. */
  readonly labels?: 'fine' | 'coarse';
}

/**
 * CIFAR-100, as {@link cifar10} but with 100 classes of 500 + 100 photographs. Reads the official binary version,
 * unpacked or as `cifar-100-binary.tar.gz`.
 *
 * @throws InvalidArgumentError where a named folder lacks the files
 * @throws UnknownNameError where there are no such labels
 * @throws FileFormatError where a file is damaged
 * @throws DownloadError where they can't be downloaded
 */
export async function cifar100(
  split: Split,
  { labels = 'fine', ...options }: Cifar100Options = {},
): Promise<ArraySource> {
  if (labels !== 'fine' && labels !== 'coarse')
    throw new UnknownNameError('labels', String(labels), ['fine', 'coarse']);
  const files = await datasetFiles(CIFAR100, split, options);
  const wanted =
    labels === 'coarse' ? { wanted: 0, classNames: COARSE_CLASSES } : { wanted: 1, classNames: FINE_CLASSES };
  return cifarImages(`CIFAR-100 ${split}`, files, { count: 2, ...wanted });
}
