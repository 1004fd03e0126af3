import { meanAndDeviation } from './meanAndDeviation.js';

export interface Deprocessed {
  /** 0 … 255, in the order of x. */
  readonly picture: Uint8Array;
  /** x with mean 0.5 and standard deviation 0.25, not clipped. */
  readonly normalized: Float32Array;
}

/** Added to standard deviations and norms before a division. */
export const EPSILON = 1e-7;

/**
 * What the ascent has found as a picture: mean 0.5, standard deviation 0.25, clipped to 0 … 1, in 256 levels.
 *
 * Source: `deprocess_image` of Keras's conv_filter_visualization. That one changes x in place, which decides what
 * {@link processImage} goes by; here the changed x is a result of its own.
 */
export function deprocessImage(x: Float32Array, epsilon = EPSILON): Deprocessed {
  const { mean, deviation } = meanAndDeviation(x);
  const scale = 0.25 / (deviation + epsilon);
  const normalized = new Float32Array(x.length);
  const picture = new Uint8Array(x.length);
  for (let i = 0; i < x.length; i++) {
    normalized[i] = (x[i] - mean) * scale + 0.5;
    picture[i] = Math.trunc(Math.min(1, Math.max(0, normalized[i])) * 255);
  }
  return { picture, normalized };
}
