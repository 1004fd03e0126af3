import type { ArraySource, Example, IndexedSource, StreamSource } from '../../src/data/source.js';

export interface SourceOptions {
  /** Number of rows. Default 10. */
  readonly size?: number;
  /** Default `source`. */
  readonly name?: string;
}

/** Class numbers go around. */
const classes = 3;

/** Two bytes that name their row, and a class number. */
const exampleAt = (row: number): Example => ({ x: Uint8Array.of(row & 255, row >> 8), y: row % classes });

/**
 * Rows in memory: row `r` is `[r % 256, floor(r / 256)]`, of class `r % 3`.
 *
 * @param options how many rows.
 */
export function arraySource({ size = 10, name = 'source' }: SourceOptions = {}): ArraySource {
  const x = new Uint8Array(2 * size);
  const y = new Uint8Array(size);
  for (let row = 0; row < size; row++) {
    const example = exampleAt(row);
    x.set(example.x, 2 * row);
    y[row] = row % classes;
  }
  return {
    kind: 'arrays',
    name,
    size,
    inputShape: [2],
    x: { data: x, shape: [size, 2] },
    y: { data: y, shape: [size] },
  };
}

/** The rows of {@link arraySource}, read one by one: each promise is fulfilled in the same tick. */
export function indexedSource({ size = 10, name = 'source' }: SourceOptions = {}): IndexedSource {
  return { kind: 'indexed', name, size, inputShape: [2], read: async row => exampleAt(row) };
}

/** The rows of {@link arraySource} as a stream; the same in each epoch. */
export function streamSource({ size = 10, name = 'source' }: SourceOptions = {}): StreamSource {
  return {
    kind: 'stream',
    name,
    inputShape: [2],
    open: () => Array.from({ length: size }, (_, row) => exampleAt(row)),
  };
}
