import { UnknownNameError } from './unknownNameError.js';

/**
 * Raises for the first option that isn't known, and suggests the nearest: TypeScript tells of a misspelt one, JavaScript would
 * leave it out.
 */
export function checkOptions<Options extends object>(
  who: string,
  given: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  const unknown = Object.keys(given).find(name => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw new UnknownNameError(`option of ${who}`, unknown, Object.keys(known));
}
