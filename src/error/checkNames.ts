import { UnknownNameError } from './unknownNameError.js';

/** @throws UnknownNameError for the first of `given` that isn't known; it suggests the nearest */
export function checkNames(what: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find(name => !known.includes(name));
  if (unknown !== undefined) throw new UnknownNameError(what, unknown, known);
}
