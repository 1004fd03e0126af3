/** Turns the brightness round from a threshold on. Source: `solarize` of torchvision and Pillow. */
export const solarize = (x: Uint8Array, threshold: number): Uint8Array =>
  x.map(value => (value >= threshold ? 255 - value : value));
