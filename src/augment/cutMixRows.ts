import type { HostArray } from '../array/hostArray.js';
import { integer } from '../random/integer.js';
import type { RandomKey } from '../random/randomKey.js';
import type { DataFormat, ImageExtents } from './imageShape.js';
import { rowBefore } from './mixRows.js';
import { pixelLayout } from './pixelLayout.js';

/** Rows `top` to before `bottom`, columns `left` to before `right`. */
export interface CutMixBox {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Draws a box whose middle may be any pixel, of the picture's proportions, so that a part of it may lie outside.
 *
 * Source: `CutMix.make_params` of torchvision.
 *
 * @param share of the picture that would stay if all of the box lay inside
 */
export function cutMixBox(key: RandomKey, { rows, columns }: ImageExtents, share: number): CutMixBox {
  const half = Math.sqrt(1 - share) / 2;
  const [halfRows, halfColumns] = [Math.trunc(half * rows), Math.trunc(half * columns)];
  const [row, column] = [integer(key, 0, rows), integer(key, 1, columns)];
  return {
    top: Math.max(row - halfRows, 0),
    bottom: Math.min(row + halfRows, rows),
    left: Math.max(column - halfColumns, 0),
    right: Math.min(column + halfColumns, columns),
  };
}

/** Share of the picture that lies outside of the box. */
export const shareOutside = ({ top, bottom, left, right }: CutMixBox, { rows, columns }: ImageExtents): number =>
  1 - ((bottom - top) * (right - left)) / (rows * columns);

/** Puts into each picture's box what is there in the picture before, of the last one into the first. */
export function cutMixRows(x: HostArray, boxes: readonly CutMixBox[], dataFormat: DataFormat): HostArray {
  const { columns, channels, pixelStep, channelStep } = pixelLayout(x.shape.slice(1), dataFormat);
  const size = x.data.length / boxes.length;
  const mixed = x.data.slice();
  boxes.forEach(({ top, bottom, left, right }, row) => {
    const own = row * size;
    const other = rowBefore(row, boxes.length) * size;
    for (let i = top; i < bottom; i++) {
      for (let j = left; j < right; j++) {
        const pixel = (i * columns + j) * pixelStep;
        for (let c = 0; c < channels; c++) {
          mixed[own + pixel + c * channelStep] = x.data[other + pixel + c * channelStep];
        }
      }
    }
  });
  return { data: mixed, shape: x.shape };
}
