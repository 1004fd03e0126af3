/** One picture: rows × columns × channels, row by row. */
export interface Picture<Data extends Uint8Array | Float32Array = Uint8Array> {
  readonly data: Data;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}
