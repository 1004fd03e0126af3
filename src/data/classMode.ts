import type { HostData } from '../array/hostArray.js';
import { checkNames } from '../error/checkNames.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * What becomes an example's `y`. `categorical`: one-hot float32; `input`: the picture itself as the network gets it, augmented and
 * scaled; `none`: 0.
 */
export type ClassMode = 'categorical' | 'binary' | 'sparse' | 'input' | 'none';

export const CLASS_MODES: readonly ClassMode[] = ['categorical', 'binary', 'sparse', 'input', 'none'];

/**
 * Checks the classes that a user names.
 *
 * @throws InvalidArgumentError where they are no list of names, or one stands there twice
 */
export function checkClasses(classes: readonly string[] | undefined): void {
  if (classes === undefined) return;
  if (!Array.isArray(classes) || classes.length === 0 || !classes.every(name => typeof name === 'string')) {
    throw new InvalidArgumentError(
      `classes is ${JSON.stringify(classes)}: give a list of names, or leave it out for all classes.`,
    );
  }
  const twice = classes.find((name, i) => classes.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new InvalidArgumentError(
    `'${twice}' stands in classes twice, so it would have two numbers. Name each class once.`,
  );
}

export interface ClassLabelOptions {
  /** Lets `binary` have more than two classes: it gives their numbers. */
  readonly manyBinary?: boolean;
}

/**
 * The labels of a class mode: class numbers, of which only `categorical` takes several, and picture to `y`.
 *
 * @throws UnknownNameError for another mode, InvalidArgumentError where `binary` has too many classes
 */
export function classLabels(
  classMode: ClassMode,
  classCount: number,
  source: string,
  { manyBinary = false }: ClassLabelOptions = {},
): (classNumbers: readonly number[], x: HostData) => number | HostData {
  checkNames('class mode', [classMode], CLASS_MODES);
  if (classMode === 'binary' && classCount > 2 && !manyBinary) {
    throw new InvalidArgumentError(
      `${source} has ${classCount} classes: class mode 'binary' is for two. Say 'sparse' or 'categorical'.`,
    );
  }
  switch (classMode) {
    case 'categorical':
      return classNumbers => {
        const hot = new Float32Array(classCount);
        for (const classNumber of classNumbers) hot[classNumber] = 1;
        return hot;
      };
    case 'input':
      return (_, x) => x;
    case 'none':
      return () => 0;
    default:
      return ([classNumber]) => classNumber;
  }
}
