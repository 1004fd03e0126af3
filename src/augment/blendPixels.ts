import { type ColourPixels, whiteOf } from './colourPixels.js';

/**
 * Between another picture (factor 0) and this one (1), or beyond: `x · factor + other · (1 − factor)`, cut off at black and
 * white. Bytes are rounded down. In float32 and in the order of PyTorch, so that bytes come out the same.
 *
 * Source: `_blend` in torchvision/transforms/v2/functional/_color.py.
 *
 * @param other value of the other picture at a place of `x`
 */
export function blendPixels(x: ColourPixels, factor: number, other: (place: number) => number): ColourPixels {
  const white = whiteOf(x);
  const [own, rest] = [Math.fround(factor), Math.fround(1 - factor)];
  return x.map((value, place) => {
    const blended = Math.fround(Math.fround(value * own) + other(place) * rest);
    return Math.min(Math.max(blended, 0), white);
  });
}
