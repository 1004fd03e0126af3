import { checkNames } from './checkNames.js';
import { InvalidArgumentError } from './invalidArgumentError.js';

/**
 * Raises for the first option that isn't known, and suggests the nearest: TypeScript tells of a misspelt one, JavaScript would
 * leave it out.
 *
 * @throws InvalidArgumentError where there is a value in place of options, UnknownNameError
 */
export function checkOptions<Options extends object>(
  who: string,
  given: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  if (typeof given !== 'object' || given === null) {
    const [first] = Object.keys(known);
    throw new InvalidArgumentError(`${who} takes its options by name, such as { ${first}: … }; it was given ${given}.`);
  }
  checkNames(`option of ${who}`, Object.keys(given), Object.keys(known));
}
