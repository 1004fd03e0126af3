import { join } from 'node:path';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { permutation } from '../random/permutation.js';
import { foldIn, randomKey } from '../random/randomKey.js';
import { type DecodeOptions, imageDecoder } from './imageDecoder.js';
import { type LabelledFile, listImageFolder } from './listImageFolder.js';
import type { IndexedSource } from './source.js';

/** What becomes an example's `y`. `input`: the picture itself; `none`: 0. */
export type ClassMode = 'categorical' | 'binary' | 'sparse' | 'input' | 'none';

const CLASS_MODES: readonly ClassMode[] = ['categorical', 'binary', 'sparse', 'input', 'none'];

/** The parameters of Keras's `flow_from_directory` that are about the data. */
export interface ImageFolderOptions extends DecodeOptions {
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
  /**
   * What a file that is no picture, or a damaged one, does. `error` (default): reading it fails. `skip`: all files are
   * decoded once before the source is ready, and such files left out.
   */
  readonly onCorrupt?: 'error' | 'skip';
  /** Gets a line for each file that is left out. */
  readonly onMessage?: (message: string) => void;
}

/** An {@link IndexedSource} that tells its files. */
export interface ImageFolderSource extends IndexedSource {
  readonly classNames: readonly string[];
  /** Row by row: paths below the folder, and class numbers. */
  readonly files: readonly LabelledFile[];
}

/**
 * Pictures in class folders as a source: decoded, turned upright and resized by sharp when a row is read, uint8
 * `[rows, columns, channels]`.
 *
 * @throws InvalidArgumentError where the folder, its classes or the options can't be meant
 */
export async function imageFolder(folder: string, options: ImageFolderOptions = {}): Promise<ImageFolderSource> {
  const { classMode = 'categorical', classes, followLinks, onCorrupt = 'error', onMessage } = options;
  if (!CLASS_MODES.includes(classMode)) throw new UnknownNameError('class mode', classMode, CLASS_MODES);
  const { decode, inputShape } = imageDecoder(options);
  const listed = await listImageFolder(folder, classes, followLinks);
  const { classNames } = listed;
  if (classMode === 'binary' && classNames.length > 2) {
    throw new InvalidArgumentError(
      `${folder} has ${classNames.length} classes: class mode 'binary' is for two. Say 'sparse' or 'categorical'.`,
    );
  }
  const part = subsetOf(listed.files, classNames.length, options);
  const files = onCorrupt === 'skip' ? await readable(part) : part;
  if (files.length === 0)
    throw new InvalidArgumentError(`${folder}: no picture is left for the ${options.subset ?? 'data'}.`);
  return {
    kind: 'indexed',
    name: folder,
    size: files.length,
    inputShape,
    classNames,
    files,
    async read(row) {
      const { path, classNumber } = files[row];
      const x = await decode(join(folder, path));
      return { x, y: classMode === 'input' ? x : labelOf(classNumber) };
    },
  };

  function labelOf(classNumber: number): number | Float32Array {
    if (classMode === 'none') return 0;
    if (classMode !== 'categorical') return classNumber;
    const oneHot = new Float32Array(classNames.length);
    oneHot[classNumber] = 1;
    return oneHot;
  }

  async function readable(candidates: readonly LabelledFile[]): Promise<LabelledFile[]> {
    const good: LabelledFile[] = [];
    const AT_ONCE = 16;
    for (let first = 0; first < candidates.length; first += AT_ONCE) {
      const some = candidates.slice(first, first + AT_ONCE);
      const checks = await Promise.allSettled(some.map(({ path }) => decode(join(folder, path))));
      checks.forEach((check, i) => {
        if (check.status === 'fulfilled') good.push(some[i]);
        else onMessage?.(`Left out: ${(check.reason as Error).message}`);
      });
    }
    return good;
  }
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
  if (validationSplit === undefined) return files;
  if (!(validationSplit > 0 && validationSplit < 1)) {
    throw new InvalidArgumentError(`validationSplit is ${validationSplit}: give a share between 0 and 1.`);
  }
  if (subset !== 'training' && subset !== 'validation') {
    throw new UnknownNameError('subset', String(subset), ['training', 'validation']);
  }
  return Array.from({ length: classCount }, (_, classNumber) => {
    const own = files.filter(file => file.classNumber === classNumber);
    const count = Math.floor(own.length * validationSplit);
    const chosen = new Set(
      splitSeed === undefined
        ? own.slice(0, count)
        : Array.from(permutation(own.length, foldIn(randomKey(splitSeed, 'imageFolder'), classNumber)))
            .slice(0, count)
            .map(index => own[index]),
    );
    return own.filter(file => chosen.has(file) === (subset === 'validation'));
  }).flat();
}
