import { join } from 'node:path';
import { checkOptions } from '../error/checkOptions.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { permutation } from '../random/permutation.js';
import { foldIn, randomKey } from '../random/randomKey.js';
import { isKerasCompat } from '../text/isKerasCompat.js';
import { type ClassMode, checkClasses, classLabels } from './classMode.js';
import { DECODE_OPTIONS, type DecodeOptions, imageDecoder } from './imageDecoder.js';
import { type LabelledFile, listImageFolder } from './listImageFolder.js';
import { type CorruptOptions, readableFiles } from './readableFiles.js';
import { rescaling } from './rescaling.js';
import type { IndexedSource } from './source.js';

/** The parameters of Keras's `flow_from_directory` that are about the data. */
export interface ImageFolderOptions extends DecodeOptions, CorruptOptions {
  /** Names of the class folders, in the order of their numbers. Default: all, by code point. */
  readonly classes?: readonly string[];
  /** Default: `categorical`, one-hot float32. */
  readonly classMode?: ClassMode;
  /** Goes into linked folders within a class. Default: false. */
  readonly followLinks?: boolean;
  /** Share of each class that is set aside for validation: needs `subset`. */
  readonly validationSplit?: number;
  readonly subset?: 'training' | 'validation';
  /** Draws the validation part of each class. Default: its first files, as in Keras. */
  readonly splitSeed?: number;
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
  onCorrupt: true,
  onMessage: true,
  classes: true,
  classMode: true,
  followLinks: true,
  validationSplit: true,
  subset: true,
  splitSeed: true,
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
  const part = subsetOf(listed.files, classNames.length, options);
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
      return { x, y: labelOf(classNumber, x) };
    },
  };
}

/** Of each class the first ⌊n · share⌋ files, in their own or in random order, are for validation. */
function subsetOf(
  files: readonly LabelledFile[],
  classCount: number,
  { validationSplit, subset, splitSeed }: ImageFolderOptions,
): readonly LabelledFile[] {
  if ((validationSplit === undefined) !== (subset === undefined)) {
    throw new InvalidArgumentError(
      "'validationSplit' and 'subset' need each other: give both, or none for all pictures.",
    );
  }
  if (validationSplit === undefined) {
    if (splitSeed === undefined) return files;
    throw new InvalidArgumentError(
      `splitSeed is ${splitSeed}, but nothing is split: give 'validationSplit' and 'subset', too, or leave it out.`,
    );
  }
  if (!(validationSplit > 0 && validationSplit < 1)) {
    throw new InvalidArgumentError(`validationSplit is ${validationSplit}: give a share between 0 and 1.`);
  }
  if (subset !== 'training' && subset !== 'validation') {
    throw new UnknownNameError('subset', String(subset), ['training', 'validation']);
  }
  const classes = Array.from({ length: classCount }, (): LabelledFile[] => []);
  for (const file of files) classes[file.classNumber].push(file);
  return classes.flatMap((own, classNumber) => {
    const count = Math.floor(own.length * validationSplit);
    const chosen = new Set(
      splitSeed === undefined
        ? own.slice(0, count)
        : Array.from(permutation(own.length, foldIn(randomKey(splitSeed, 'imageFolder'), classNumber)))
            .slice(0, count)
            .map(index => own[index]),
    );
    return own.filter(file => chosen.has(file) === (subset === 'validation'));
  });
}
