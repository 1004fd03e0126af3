/**
 * Falls from 1 to 0 in the form of half a cosine, while `fraction` goes from 0 to 1. In float32 as in Keras: near the
 * end, where 1 + cos cancels, rounding is most of the value.
 */
export function halfCosine(fraction: number): number {
  const { fround } = Math;
  return 0.5 * fround(1 + fround(Math.cos(fround(fround(Math.PI) * fround(fraction)))));
}
