import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { permutation } from '../random/permutation.js';
import { foldIn, randomKey } from '../random/randomKey.js';

/** Which part of the pictures a source has. */
export interface SubsetOptions {
  /** Share that is set aside for validation, of a folder's classes of each: needs `subset`. */
  readonly validationSplit?: number;
  readonly subset?: 'training' | 'validation';
  /** Draws the validation part. Default: the first pictures, as in Keras. */
  readonly splitSeed?: number;
}

export const SUBSET_OPTIONS: Readonly<Record<keyof SubsetOptions, true>> = {
  validationSplit: true,
  subset: true,
  splitSeed: true,
};

/**
 * Of each group the first ⌊n · share⌋ members, in their own or in random order, are for validation. All of them where nothing
 * is split.
 *
 * Source: `set_processing_attrs` in keras/src/legacy/preprocessing/image.py.
 *
 * @param name tells the random numbers of one operation from those of another
 * @throws InvalidArgumentError or UnknownNameError where the options can't be meant
 */
export function subsetOf<T>(
  groups: readonly (readonly T[])[],
  name: string,
  { validationSplit, subset, splitSeed }: SubsetOptions,
): readonly T[] {
  if ((validationSplit === undefined) !== (subset === undefined)) {
    throw new InvalidArgumentError(
      "'validationSplit' and 'subset' need each other: give both, or none for all pictures.",
    );
  }
  if (validationSplit === undefined) {
    if (splitSeed === undefined) return groups.flat();
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
  return groups.flatMap((group, number) => {
    const count = Math.floor(group.length * validationSplit);
    const chosen = new Set(
      splitSeed === undefined
        ? group.slice(0, count)
        : Array.from(permutation(group.length, foldIn(randomKey(splitSeed, name), number)))
            .slice(0, count)
            .map(index => group[index]),
    );
    return group.filter(member => chosen.has(member) === (subset === 'validation'));
  });
}
