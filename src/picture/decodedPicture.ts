/** A decoded picture, where its decoder has it: bytes, row by row, the channels of a pixel side by side. */
export interface DecodedPicture {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** As EXIF numbers it: 1 is upright, 2 to 8 are turned or mirrored. */
  readonly orientation: number;
  /** Copies all pixels to the start of `target`. */
  copyTo(target: Uint8Array): void;
}
