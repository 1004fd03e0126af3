/** Keeps so many of the highest bits of each byte. Source: `posterize` of torchvision and Pillow. */
export function posterize(x: Uint8Array, bits: number): Uint8Array {
  const mask = 256 - (1 << (8 - bits));
  return x.map(value => value & mask);
}
