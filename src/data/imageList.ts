import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { checkNames } from '../error/checkNames.js';
import { checkOptions } from '../error/checkOptions.js';
import { FileFormatError } from '../error/fileFormatError.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { isKerasCompat } from '../text/isKerasCompat.js';
import type { Auxiliary } from './auxiliary.js';
import { CLASS_MODES, type ClassMode, checkClasses } from './classMode.js';
import { DECODE_OPTIONS, type DecodeOptions, imageDecoder } from './imageDecoder.js';
import { checkMisspelt, entriesOfClasses, type ListEntry, listEntries, needsClasses } from './listEntries.js';
import { listLabels } from './listLabels.js';
import { PICTURE_SUFFIX_NAMES, PICTURE_SUFFIXES } from './pictureSuffixes.js';
import { type CorruptOptions, readableFiles } from './readableFiles.js';
import { readList } from './readList.js';
import { rescaling } from './rescaling.js';
import type { IndexedSource } from './source.js';
import { SUBSET_OPTIONS, type SubsetOptions, subsetOf } from './subsetOf.js';

/** The parameters of Keras's `flow_from_dataframe` that are about the data. */
export interface ImageListOptions extends DecodeOptions, CorruptOptions, SubsetOptions {
  /** Where the files are, but for those with an absolute path. Default: the folder of the list. */
  readonly directory?: string;
  /** Column of the file names. Default: `filename`. */
  readonly xCol?: string;
  /** Column of the classes; for `raw` a column of numbers, or several, which make one vector. Default: `class`. */
  readonly yCol?: string | readonly string[];
  /** Column of sample weights. */
  readonly weightCol?: string;
  /**
   * Columns of numbers for a model's further inputs and outputs, by the names of their layers, such as
   * `{ inputs: { facts: ['rooms', 'age'] }, targets: { price: 'price' } }`; several columns make one vector.
   */
  readonly aux?: Auxiliary<string | readonly string[]>;
  /**
   * Classes that count, in the order of their numbers: rows that have none of them are left out. Where that happens, a name here
   * that no row has is refused, as misspelt. Default: all that occur, by code point.
   */
  readonly classes?: readonly string[];
  /**
   * `categorical` (default) takes a list of classes, too, as JSON has it: each of them is 1, all others 0. `raw`: the numbers of
   * `yCol` as they are.
   */
  readonly classMode?: ClassMode | 'raw';
  /**
   * Leaves out rows whose file isn't there or has no suffix of a picture (png, jpg, jpeg, bmp, ppm, tif, tiff). Without, it takes
   * any file, and reading such a row fails. Default: true.
   */
  readonly validateFilenames?: boolean;
  /** Factor that makes network inputs of bytes, such as 1/255. */
  readonly rescale?: number;
  /** `keras-3.15` takes what that version takes: `classes` without rows where others are left out, and a part without pictures. */
  readonly compat?: 'keras-3.15';
}

const OPTIONS: Readonly<Record<keyof ImageListOptions, true>> = {
  ...DECODE_OPTIONS,
  ...SUBSET_OPTIONS,
  onCorrupt: true,
  onMessage: true,
  directory: true,
  xCol: true,
  yCol: true,
  weightCol: true,
  aux: true,
  classes: true,
  classMode: true,
  validateFilenames: true,
  rescale: true,
  compat: true,
};

/** An {@link IndexedSource} that tells its files. */
export interface ImageListSource extends IndexedSource {
  /** Row by row, as the list has them. */
  readonly filenames: readonly string[];
}

/**
 * Pictures named in a list as a source: a CSV file with a header, or one JSON object a line (suffix `.jsonl` or
 * `.ndjson`). They are decoded as by `imageFolder`. What is left of the list by `validateFilenames` and `classes` is split, and
 * then looked at for damaged files, if that is asked for. The first rows are for validation: a list that is sorted by class needs
 * `splitSeed`.
 *
 * @throws FileFormatError where the list can't be read; InvalidArgumentError where a column or value is missing; one of these or
 *   UnknownNameError where the options can't be meant
 */
export async function imageList(file: string, options: ImageListOptions = {}): Promise<ImageListSource> {
  checkOptions('imageList', options, OPTIONS);
  const { directory = dirname(file), xCol = 'filename', yCol = 'class', classMode = 'categorical' } = options;
  const { weightCol, classes, validateFilenames = true, subset, onMessage } = options;
  const { decode, inputShape, readAhead } = imageDecoder(options);
  const scaling = rescaling(options.rescale);
  checkNames('class mode', [classMode], [...CLASS_MODES, 'raw']);
  checkClasses(classes);
  const asKeras = isKerasCompat(options.compat);
  const all = listEntries(await readList(file), { xCol, yCol, weightCol, classMode, aux: options.aux });
  const wanted = needsClasses(classMode) ? classes : undefined;
  if (wanted && !asKeras) checkMisspelt(all, wanted, file);
  const chosen = wanted ? entriesOfClasses(all, wanted) : all;
  const others = all.length - chosen.length;
  if (others > 0) onMessage?.(`Left out: ${others} rows of ${file} of other classes.`);
  const pathOf = ({ filename }: ListEntry) => (isAbsolute(filename) ? filename : join(directory, filename));
  const valid = validateFilenames ? await validFiles(chosen, file, pathOf, options) : chosen;
  const part = subsetOf([valid], 'imageList', options);
  const files = await readableFiles(part, entry => decode(pathOf(entry)), options);
  if (files.length === 0 && !asKeras) {
    throw new InvalidArgumentError(
      `${file} names no picture ${subset ? `for the ${subset}` : 'that can be read'}. They are looked for in ${directory}.`,
    );
  }
  const { classNames, labelOf } = listLabels(valid, file, { classMode, classes });
  return {
    kind: 'indexed',
    name: file,
    size: files.length,
    inputShape,
    readAhead,
    filenames: files.map(({ filename }) => filename),
    ...(classNames && { classNames }),
    ...(scaling && { scaling }),
    ...(classMode === 'input' && { targetShape: inputShape, ...(scaling && { targetScaling: scaling }) }),
    async read(row) {
      const entry = files[row];
      const { weight, aux } = entry;
      const x = await decode(pathOf(entry));
      return { x, y: labelOf(entry, x), ...(weight !== undefined && { weight }), ...(aux && { aux }) };
    },
  };
}

/** Those whose file is there and has a picture's suffix. Who gets no messages is warned, as by Keras. */
async function validFiles(
  entries: readonly ListEntry[],
  file: string,
  pathOf: (entry: ListEntry) => string,
  options: CorruptOptions,
): Promise<readonly ListEntry[]> {
  const valid = await readableFiles(entries, entry => checkFile(pathOf(entry)), { ...options, onCorrupt: 'skip' });
  const count = entries.length - valid.length;
  if (count > 0 && options.onMessage === undefined) {
    process.emitWarning(
      `Left out: ${count} rows of ${file} whose file is not there or has no suffix of a picture (${PICTURE_SUFFIX_NAMES}). ` +
        'onMessage gets their names, and validateFilenames: false takes them all.',
    );
  }
  return valid;
}

async function checkFile(path: string): Promise<void> {
  if (!PICTURE_SUFFIXES.test(path))
    throw new FileFormatError(`${path} has no suffix of a picture (${PICTURE_SUFFIX_NAMES}).`);
  const found = await stat(path);
  if (!found.isFile()) throw new FileFormatError(`${path} is no file.`);
}
