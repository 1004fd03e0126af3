/** Pixels of a file that isn't compressed, row by row from the top. */
export interface PlainPixels {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** @throws Error for a picture without pixels, or with more of them than allowed */
export function checkPixels(rows: number, columns: number, maxPixels: number): void {
  const isThere = Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0;
  if (!isThere) throw new Error(`its size is ${columns} × ${rows} pixels`);
  if (rows * columns > maxPixels) {
    throw new Error(`it has ${columns} × ${rows} pixels, more than maxPixels (${maxPixels})`);
  }
}

/** @throws Error where the file ends before its pixels do */
export function checkLength(bytes: Uint8Array, expected: number): void {
  if (bytes.length < expected) throw new Error(`it is cut short: ${bytes.length} bytes, expected ${expected}`);
}
