export type StoredData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | Int8Array
  | Uint8Array;

/** An array in a file: its shape is known, its values are read when asked for. */
export interface StoredArray {
  /** As the file calls it. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Values in row-major order, afresh at each call. */
  read(): StoredData;
  /**
   * The same values a few MB at a time, each piece valid until the next is asked for; absent where the array is in memory
   * anyway.
   */
  pieces?(): Iterable<StoredData>;
}
