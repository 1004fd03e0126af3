import type { HostData } from '../array/hostArray.js';
import type { Example } from '../data/source.js';

/** The example with another picture, also as its target where that is the picture itself, as in Keras. */
export const withPicture = (example: Example, x: HostData): Example => ({
  ...example,
  x,
  y: example.y === example.x ? x : example.y,
});
