import type { HostData } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { byCodePoint } from '../text/byCodePoint.js';
import { type ClassMode, classLabels } from './classMode.js';
import { type ListEntry, needsClasses } from './listEntries.js';
import type { Example } from './source.js';

interface ListLabels {
  /** Absent where labels aren't made of classes. */
  readonly classNames?: readonly string[];
  /** @param x the picture */
  labelOf(entry: ListEntry, x: HostData): Example['y'];
}

/**
 * Labels of entries by class mode; a class that doesn't count is left out of an entry's.
 *
 * @param classes in the order of their numbers. Default: all that occur, by code point
 * @throws InvalidArgumentError where `binary` has other than two classes
 */
export function listLabels(
  entries: readonly ListEntry[],
  file: string,
  { classMode, classes }: { readonly classMode: ClassMode | 'raw'; readonly classes: readonly string[] | undefined },
): ListLabels {
  if (classMode === 'raw') return { labelOf: ({ numbers }) => numbers };
  const classNames = classes ?? [...new Set(entries.flatMap(entry => entry.classes))].sort(byCodePoint);
  if (classMode === 'binary' && classNames.length < 2) {
    throw new InvalidArgumentError(
      `${file} has no other class than '${classNames.join()}': class mode 'binary' is for two. Name both in 'classes'.`,
    );
  }
  const labelOf = classLabels(classMode, classNames.length, file);
  const numbers = new Map(classNames.map((name, number) => [name, number]));
  return {
    ...(needsClasses(classMode) && { classNames }),
    labelOf: (entry, x) =>
      labelOf(
        entry.classes.flatMap(name => numbers.get(name) ?? []),
        x,
      ),
  };
}
