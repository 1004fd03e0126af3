import { createHash } from 'node:crypto';
import { FileFormatError } from '../error/fileFormatError.js';
import { type Dataset, FASHION_MNIST, MNIST, type Split } from './datasets.js';
import type { NamedBytes } from './findDataset.js';
import { fromArrays } from './fromArrays.js';
import { type IdxArray, parseIdx } from './parseIdx.js';
import type { ArraySource } from './source.js';

const SIDE = 28;

/**
 * A source of one split of a data set in MNIST's form: 28 × 28 grey images as `x`, uint8 `[rows, 784]` scaled to
 * 0 … 1, and class numbers as `y`, `[rows]`.
 *
 * @throws FileFormatError where the two files are no such images and labels
 */
export function idxImages(
  dataset: Dataset,
  split: Split,
  [imageFile, labelFile]: readonly NamedBytes[],
  classNames: readonly string[],
): ArraySource {
  checkLooksLike(dataset, labelFile);
  const images = byteArray(imageFile, [SIDE, SIDE]);
  const labels = byteArray(labelFile, []);
  const [rows] = images.shape;
  if (labels.shape[0] !== rows) {
    throw new FileFormatError(
      `${labelFile.origin} has ${labels.shape[0]} labels, but ${imageFile.origin} has ${rows} images. ` +
        'Give both files of one split.',
    );
  }
  const wrong = labels.data.findIndex(label => label >= classNames.length);
  if (wrong >= 0) {
    throw new FileFormatError(
      `${labelFile.origin}: label ${wrong} is ${labels.data[wrong]}, expected 0 … ${classNames.length - 1}. ` +
        'Delete the file and get it anew.',
    );
  }
  return fromArrays({
    name: `${dataset.name} ${split}`,
    x: { data: images.data, shape: [rows, SIDE * SIDE] },
    y: Int32Array.from(labels.data),
    classNames,
    scaling: { scale: 1 / 255 },
  });
}

/** MNIST and Fashion-MNIST differ in nothing but their contents: known labels tell which one it is. */
function checkLooksLike({ name }: Dataset, { bytes, origin }: NamedBytes): void {
  const md5 = createHash('md5').update(bytes).digest('hex');
  const other = [MNIST, FASHION_MNIST].find(set => [...set.train, ...set.test].some(file => file.md5 === md5));
  if (other === undefined || other.name === name) return;
  throw new FileFormatError(`${origin} belongs to ${other.name}, not to ${name}. Name the folder of ${name}.`);
}

/** @param rowShape what the dimensions after the first must be */
function byteArray(
  { bytes, origin }: NamedBytes,
  rowShape: readonly number[],
): IdxArray & { readonly data: Uint8Array } {
  const { data, shape } = parseIdx(bytes, origin);
  if (data instanceof Uint8Array && shape.join() === [shape[0], ...rowShape].join()) return { data, shape };
  throw new FileFormatError(
    `${origin}: values of type ${data.constructor.name.replace('Array', '')} and shape [${shape}], expected Uint8 of ` +
      `shape [${['rows', ...rowShape]}]. Are images and labels swapped?`,
  );
}
