import { UnknownNameError } from './unknownNameError.js';

/** @throws UnknownNameError for the first of `given` that isn't known, and be it `undefined`; it suggests the nearest */
export function checkNames(what: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter(name => !known.includes(name));
  if (unknown.length > 0) throw new UnknownNameError(what, unknown[0], known);
}
