import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { Picture } from './picture.js';

export interface StitchOptions {
  /** Pictures in a row and in a column. Default: as many as there are enough for, `floor(sqrt(count))`. */
  readonly n?: number | null;
  /** Black pixels between two pictures. Default: 5. */
  readonly margin?: number;
}

export interface Stitched {
  /** Which pictures were used, the largest loss first; equal ones in their given order. */
  readonly order: readonly number[];
  readonly n: number;
  readonly picture: Picture;
}

/**
 * The n × n best pictures in one, row by row.
 *
 * @param pictures of one size, square
 * @throws InvalidArgumentError where there are fewer than n × n pictures, or none
 */
export function stitch(
  pictures: readonly Picture[],
  losses: readonly number[],
  { n: wanted, margin = 5 }: StitchOptions = {},
): Stitched {
  const n = wanted ?? Math.floor(Math.sqrt(pictures.length));
  if (n < 1 || n * n > pictures.length) {
    throw new InvalidArgumentError(`A grid of ${n}×${n} needs ${Math.max(1, n * n)} pictures, got ${pictures.length}.`);
  }
  const order = bestFirst(losses).slice(0, n * n);
  const { rows: size, channels } = pictures[0];
  const side = n * size + (n - 1) * margin;
  const data = new Uint8Array(side * side * channels);
  for (const [place, index] of order.entries()) {
    const top = (size + margin) * Math.floor(place / n);
    const left = (size + margin) * (place % n);
    for (let row = 0; row < size; row++) {
      const line = pictures[index].data.subarray(row * size * channels, (row + 1) * size * channels);
      data.set(line, ((top + row) * side + left) * channels);
    }
  }
  return { order, n, picture: { data, rows: side, columns: side, channels } };
}

/** Numbers of the losses from the largest to the smallest. */
export const bestFirst = (losses: readonly number[]): number[] =>
  [...losses.keys()].sort((a, b) => losses[b] - losses[a] || a - b);

/** Name of a stitched picture's file: `vgg_block5_conv1_8x8.png`, as the published program has it, whichever VGG it is. */
export const stitchedFile = (layer: string, n: number, network = 'vgg'): string => `${network}_${layer}_${n}x${n}.png`;
