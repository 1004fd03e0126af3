/** Rows, columns, channels; and with the channels first. */
export const LAST = [16, 17, 3];
export const FIRST = [3, 16, 17];

const PIXELS = 16 * 17;

/** A picture that both sides can make: every value from 0 to 250. */
export const PICTURE = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => ((i * i * 7 + i * 31) % 241) + (i % 3) * 5);

/** The same picture with its channels first. */
export const planes = <T extends Uint8Array | Float32Array>(x: T): T =>
  x.map((_, i) => x[(i % PIXELS) * 3 + Math.floor(i / PIXELS)]) as T;
