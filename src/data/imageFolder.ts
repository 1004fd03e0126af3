import { join } from 'node:path';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { isKerasCompat } from '../text/isKerasCompat.js';
import { type ClassMode, checkClasses, classLabels } from './classMode.js';
import { DECODE_OPTIONS, type DecodeOptions, imageDecoder } from './imageDecoder.js';
import { type LabelledFile, listImageFolder } from './listImageFolder.js';
import { type CorruptOptions, readableFiles } from './readableFiles.js';
import { rescaling } from './rescaling.js';
import type { IndexedSource } from './source.js';
import { SUBSET_OPTIONS, type SubsetOptions, subsetOf } from './subsetOf.js';

/** The parameters of Keras's `flow_from_directory` that are about the data. */
export interface ImageFolderOptions extends DecodeOptions, CorruptOptions, SubsetOptions {
  /** Names of the class folders, in the order of their numbers. Default: all, by code point. */
  readonly classes?: readonly string[];
  /** Default: `categorical`, one-hot float32. */
  readonly classMode?: ClassMode;
  /** Goes into linked folders within a class. Default: false. */
  readonly followLinks?: boolean;
  /** Factor that makes network inputs of bytes, such as 1/255. */
  readonly rescale?: number;
  /**
   * `keras-3.15` takes what that version takes: a class without pictures or without a folder, a part without pictures, and more than
   * two classes with `binary`, which gives their numbers.
   */
  readonly compat?: 'keras-3.15';
}

const OPTIONS: Readonly<Record<keyof ImageFolderOptions, true>> = {
  ...DECODE_OPTIONS,
  ...SUBSET_OPTIONS,
  onCorrupt: true,
  onMessage: true,
  classes: true,
  classMode: true,
  followLinks: true,
  rescale: true,
  compat: true,
};

/** An {@link IndexedSource} that tells its files. */
export interface ImageFolderSource extends IndexedSource {
  readonly classNames: readonly string[];
  /** Row by row: paths below the folder, and class numbers. */
  readonly files: readonly LabelledFile[];
}

/**
 * Pictures in class folders as a source: decoded, turned upright and resized when a row is read, uint8 `[rows, columns, channels]`.
 * Plain JPEGs go by TensorFlow, in threads of their own, where it is in use when the source is made; all else by sharp.
 *
 * @throws InvalidArgumentError or UnknownNameError where the folder, its classes or the options can't be meant
 */
export async function imageFolder(folder: string, options: ImageFolderOptions = {}): Promise<ImageFolderSource> {
  checkOptions('imageFolder', options, OPTIONS);
  const { classMode = 'categorical', classes, followLinks } = options;
  checkClasses(classes);
  const asKeras = isKerasCompat(options.compat);
  const { decode, inputShape, readAhead } = imageDecoder(options);
  const listed = await listImageFolder(folder, { classes, followLinks, emptyClasses: asKeras });
  const { classNames } = listed;
  const scaling = rescaling(options.rescale);
  const labelOf = classLabels(classMode, classNames.length, folder, { manyBinary: asKeras });
  const perClass = classNames.map((): LabelledFile[] => []);
  for (const file of listed.files) perClass[file.classNumber].push(file);
  const part = subsetOf(perClass, 'imageFolder', options);
  const files = await readableFiles(part, ({ path }) => decode(join(folder, path)), options);
  if (files.length === 0 && !asKeras)
    throw new InvalidArgumentError(`${folder}: no picture is left for the ${options.subset ?? 'data'}.`);
  return {
    kind: 'indexed',
    name: folder,
    size: files.length,
    inputShape,
    readAhead,
    classNames,
    files,
    ...(scaling && { scaling }),
    ...(classMode === 'input' && { targetShape: inputShape, ...(scaling && { targetScaling: scaling }) }),
    async read(row) {
      const { path, classNumber } = files[row];
      const x = await decode(join(folder, path));
      return { x, y: labelOf([classNumber], x) };
    },
  };
}
