import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { ArraySource, Source } from './source.js';

/** From JavaScript, where it may be files, or a promise of a source. */
export function requireArrays(who: string, source: ArraySource): void {
  const { kind }: Source = source;
  if (kind === 'arrays') return;
  throw new InvalidArgumentError(
    `${who} divides arrays, such as fromArrays(…) or await mnist('train'). Pictures in files are divided by the options 'validationSplit' ` +
      "and 'subset' of imageFolder and imageList.",
  );
}
