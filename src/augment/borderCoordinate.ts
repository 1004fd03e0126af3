import type { FillMode } from './augmentation.js';

/** What a coordinate outside of a picture stands for; `wrap` of scipy has a period one pixel short. */
export type BorderMode = FillMode | 'scipyWrap';

/** Stands for "outside: take the fill value". */
export const OUTSIDE = -1;

/**
 * Brings a coordinate that isn't within 0 … n−1 into the picture; for `wrap` to below n, where pixel n is pixel 0.
 *
 * Source: `map_coordinate` in scipy/ndimage/src/ni_interpolation.c.
 */
export function borderCoordinate(x: number, n: number, mode: BorderMode): number {
  switch (mode) {
    case 'nearest':
      return x < 0 ? 0 : n - 1;
    case 'constant':
      return OUTSIDE;
    case 'reflect': {
      // Period 2n, mirrored at the outer edges −0.5 and n − 0.5; beyond an edge pixel's centre its value is constant.
      const period = 2 * n;
      const place = x + 0.5 - period * Math.floor((x + 0.5) / period);
      const inside = (place < n ? place : period - place) - 0.5;
      return Math.min(Math.max(inside, 0), n - 1);
    }
    case 'wrap': {
      const place = x - n * Math.floor(x / n);
      // Rounding makes n of what lies just below 0.
      return place < n ? place : 0;
    }
    case 'scipyWrap':
      return n === 1 ? 0 : scipyWrap(x, n - 1);
  }
}

/** A whole number of periods below 0 lies the last pixel, above the last pixel the first one. */
function scipyWrap(x: number, period: number): number {
  const inside = x < 0 ? x + period * (Math.trunc(-x / period) + 1) : x - period * Math.trunc(x / period);
  return Math.min(Math.max(inside, 0), period);
}
