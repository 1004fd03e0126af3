import { sizeOf } from '../array/hostArray.js';

/** A part of an array: where it begins, and how far it goes along each axis. */
export interface ArrayBlock {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/**
 * Cuts an array into blocks whose values stand side by side in row-major order, one block after the other.
 *
 * @param most elements in a block, from 1 on
 */
export function* arrayBlocks(shape: readonly number[], most: number): Generator<ArrayBlock> {
  if (sizeOf(shape) === 0) return;
  // The axis that is cut: what one step along it spans fits into a block.
  const fitting = shape.findIndex((_, i) => sizeOf(shape.slice(i + 1)) <= most);
  const axis = Math.max(0, fitting);
  const [outer, inner] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const length = shape[axis] ?? 1;
  const steps = Math.floor(most / sizeOf(inner));
  for (let i = 0; i < sizeOf(outer); i++) {
    const start = outer.map((size, j) => Math.floor(i / sizeOf(outer.slice(j + 1))) % size);
    for (let from = 0; from < length; from += steps) {
      if (shape.length === 0) yield { offset: [], count: [] };
      else {
        yield {
          offset: [...start, from, ...inner.map(() => 0)],
          count: [...outer.map(() => 1), Math.min(steps, length - from), ...inner],
        };
      }
    }
  }
}
