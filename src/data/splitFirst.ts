import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { requireArrays } from './requireArrays.js';
import { sliceSource } from './sliceSource.js';
import type { ArraySource } from './source.js';
import type { SourceSplit } from './splitSource.js';

export interface SplitFirstOptions {
  /** Lets a part lack classes that the other one has. */
  readonly ignoreClassSplit?: boolean;
}

/**
 * Sets the first ⌊rows · `fraction`⌋ rows aside for validation, as Keras's ImageDataGenerator does (`fit` and
 * `splitSource` take the last ones). Nothing is copied.
 *
 * Source: `NumpyArrayIterator` in keras/src/legacy/preprocessing/image.py.
 *
 * @param fraction between 0 and 1, both excluded
 * @throws InvalidArgumentError for what are no arrays, another fraction, or where class numbers of the two parts differ
 */
export function splitFirst(
  source: ArraySource,
  fraction: number,
  { ignoreClassSplit = false }: SplitFirstOptions = {},
): SourceSplit {
  requireArrays('splitFirst', source);
  if (!(fraction > 0 && fraction < 1)) {
    throw new InvalidArgumentError(`The fraction ${fraction} can't be split off: give a number between 0 and 1.`);
  }
  const at = Math.floor(source.size * fraction);
  const split = { validation: sliceSource(source, 0, at), training: sliceSource(source, at, source.size) };
  if (!ignoreClassSplit && source.y.shape.length === 1) checkClasses(source.name, split);
  return split;
}

function checkClasses(name: string, { training, validation }: SourceSplit): void {
  const [inTraining, inValidation] = [new Set(training.y.data), new Set(validation.y.data)];
  const lacking = (a: Set<number>, b: Set<number>) => [...a].filter(label => !b.has(label));
  const [unseen, unchecked] = [lacking(inValidation, inTraining), lacking(inTraining, inValidation)];
  if (unseen.length + unchecked.length === 0) return;
  throw new InvalidArgumentError(
    `The first ${validation.size} rows of '${name}' have other classes than the rest: ` +
      `${[
        ...(unchecked.length > 0 ? [`they lack ${unchecked.join(', ')}`] : []),
        ...(unseen.length > 0 ? [`the rest lacks ${unseen.join(', ')}`] : []),
      ].join('; ')}. Shuffle the rows before, or set ignoreClassSplit.`,
  );
}
