import { checkLength, checkPixels, type PlainPixels } from './plainPixels.js';

const FILE_HEADER = 14;
/** BITMAPINFOHEADER, with which all later headers begin. */
const INFO_HEADER = 40;
const BITFIELDS = 3;
/** Where the four masks stand of red, green, blue and alpha. */
const MASKS_AT = FILE_HEADER + INFO_HEADER;
const PLAIN_MASKS = [0xff0000, 0xff00, 0xff];
const ALPHA_MASK = 0xff000000;

/**
 * Reads a Windows bitmap, which sharp doesn't know: 1, 4 or 8 bits with a palette, 24 or 32 bits, uncompressed. Undefined
 * where the bytes are no bitmap.
 *
 * @throws Error where it is cut short or of a rare kind
 */
export function parseBmp(bytes: Uint8Array, maxPixels: number): PlainPixels | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 2 || view.getUint16(0) !== 0x424d) return undefined;
  checkLength(bytes, FILE_HEADER + INFO_HEADER);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(FILE_HEADER, true);
  const columns = view.getInt32(18, true);
  const height = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const rows = Math.abs(height);
  checkPixels(rows, columns, maxPixels);
  const masks = compression === BITFIELDS ? masksOf(view, headerSize) : PLAIN_MASKS;
  const isPlain = compression === 0 || (compression === BITFIELDS && bits === 32 && masks.length > 0);
  if (headerSize < INFO_HEADER || ![1, 4, 8, 24, 32].includes(bits) || !isPlain) {
    throw new Error(
      `it is a BMP of ${bits} bits and compression ${compression}, expected an uncompressed one of 1, 4, 8, 24 or 32 bits`,
    );
  }
  const pitch = Math.ceil((columns * bits) / 32) * 4;
  checkLength(bytes, start + rows * pitch);
  const channels = masks[3] === ALPHA_MASK ? 4 : 3;
  const data = new Uint8Array(rows * columns * channels);
  const pixelAt = bits <= 8 ? paletteReader(bytes, FILE_HEADER + headerSize, bits) : undefined;
  for (let row = 0, to = 0; row < rows; row++) {
    const line = start + (height > 0 ? rows - 1 - row : row) * pitch;
    for (let column = 0; column < columns; column++, to += channels) {
      const from = pixelAt?.(line, column) ?? line + (column * bits) / 8;
      data[to] = bytes[from + 2];
      data[to + 1] = bytes[from + 1];
      data[to + 2] = bytes[from];
      if (channels === 4) data[to + 3] = bytes[from + 3];
    }
  }
  return { rows, columns, channels, data };
}

/** Where a pixel's colour stands: the palette has four bytes a colour. */
function paletteReader(bytes: Uint8Array, palette: number, bits: number): (line: number, column: number) => number {
  const each = 8 / bits;
  return (line, column) => {
    const byte = bytes[line + Math.floor(column / each)];
    const index = (byte >> (8 - bits * ((column % each) + 1))) & (2 ** bits - 1);
    return palette + 4 * index;
  };
}

/** Those of 8 bits a colour in the usual order, with alpha or without; none where they are others. */
function masksOf(view: DataView, headerSize: number): readonly number[] {
  const count = headerSize > INFO_HEADER + 12 ? 4 : 3;
  if (view.byteLength < MASKS_AT + 4 * count) return [];
  const masks = Array.from({ length: count }, (_, i) => view.getUint32(MASKS_AT + 4 * i, true));
  const isUsual = PLAIN_MASKS.every((mask, i) => masks[i] === mask) && [undefined, 0, ALPHA_MASK].includes(masks[3]);
  return isUsual ? masks : [];
}
