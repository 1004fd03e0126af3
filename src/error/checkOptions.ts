import { checkNames } from './checkNames.js';

/**
 * Raises for the first option that isn't known, and suggests the nearest: TypeScript tells of a misspelt one, JavaScript would
 * leave it out.
 */
export function checkOptions<Options extends object>(
  who: string,
  given: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  checkNames(`option of ${who}`, Object.keys(given), Object.keys(known));
}
