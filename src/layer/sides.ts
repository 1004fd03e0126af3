import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** How much at the beginning and at the end of an axis. */
export type Sides = readonly [before: number, after: number];

/**
 * The sides of each axis, from what Keras's layers take: one number for all, or one number or pair an axis. Of a single
 * axis, a pair is that axis's sides.
 *
 * @throws InvalidArgumentError where it is something else, or not of whole numbers from 0
 */
export function sidesOf(given: unknown, axes: number, owner: string): readonly Sides[] {
  const each = typeof given === 'number' ? Array<unknown>(axes).fill(given) : axes === 1 ? [given] : given;
  const sides = Array.isArray(each) ? each.map(side => (typeof side === 'number' ? [side, side] : side)) : [];
  if (sides.length === axes && sides.every(isSides)) return sides;
  const list = axes === 1 ? 'a pair of them' : `a list of ${axes} of them or of ${axes} pairs`;
  throw new InvalidArgumentError(`${owner} has ${JSON.stringify(given)}; it needs a whole number from 0, or ${list}.`);
}

const isSides = (value: unknown): value is Sides =>
  Array.isArray(value) && value.length === 2 && value.every(side => Number.isInteger(side) && side >= 0);

/** As Keras writes them: a pair for one axis, else a list of pairs. */
export function sidesConfig(sides: readonly Sides[]): number[] | number[][] {
  const pairs = sides.map(side => [...side]);
  return pairs.length === 1 ? pairs[0] : pairs;
}
