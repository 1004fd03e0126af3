import { instantiateWasm, memoryOf, type WasmMemory } from '../array/instantiateWasm.js';
import { type AxisTaps, axisTaps, type Interpolation } from './axisTaps.js';
import type { DecodedPicture } from './decodedPicture.js';
import { premultiply, unpremultiply } from './premultiply.js';
import { resizeWasm } from './resizeWasm.js';

export interface Resizing {
  readonly rows: number;
  readonly columns: number;
  readonly interpolation: Interpolation;
  /** Where it makes a picture smaller, each pixel of the result is the mean of all that lie below it. */
  readonly antialias: boolean;
  /** Takes the middle, of the result's proportions. */
  readonly keepAspectRatio: boolean;
}

interface Exports extends WasmMemory {
  /** See scripts/wasm/resize.ts. */
  readonly resize: (
    ...args: [
      ...[input: number, pitch: number, values: number, channels: number],
      ...[rowFirsts: number, rowWeights: number, rowTaps: number, rows: number],
      ...[columnFirsts: number, columnWeights: number, columnTaps: number, columns: number],
      ...[line: number, output: number],
    ]
  ) => void;
}

/** How far the compiled code reads and writes beyond its arrays. */
const MARGIN = 32;
/** More memory than this is given back after use: it is for single huge pictures. */
const KEPT_BYTES = 64e6;

let exports: Exports | undefined;

/**
 * Resizes a picture and turns it upright: what Pillow makes of it to the last bit but one, by SIMD instructions of WebAssembly.
 * Where it is upright, cropped and resized all at once, so that no other size of it ever lies in memory.
 *
 * @returns bytes `[rows, columns, channels]`
 */
export function resizePicture(picture: DecodedPicture, resizing: Resizing): Uint8Array {
  const { channels, orientation } = picture;
  const isTurned = orientation >= 5;
  const [down, along] = tapsOf(picture, resizing, isTurned);
  const [rows, columns] = [down.firsts.length, along.firsts.length];
  const values = picture.columns * channels;

  let size = MARGIN;
  const place = (bytes: number): number => {
    const at = size;
    size = Math.ceil((size + bytes + MARGIN) / MARGIN) * MARGIN;
    return at;
  };
  const at = {
    rowFirsts: place(down.firsts.byteLength),
    rowWeights: place(down.weights.byteLength),
    columnFirsts: place(along.firsts.byteLength),
    columnWeights: place(along.weights.byteLength),
    line: place(values * 2),
    output: place(rows * columns * channels),
    input: place((picture.rows + 1) * values),
  };
  exports ??= instantiateWasm<Exports>(resizeWasm);
  const buffer = memoryOf(exports, size);
  new Int32Array(buffer, at.rowFirsts).set(down.firsts);
  new Int16Array(buffer, at.rowWeights).set(down.weights);
  new Int32Array(buffer, at.columnFirsts).set(along.firsts);
  new Int16Array(buffer, at.columnWeights).set(along.weights);
  const input = new Uint8Array(buffer, at.input, picture.rows * values);
  picture.copyTo(input);
  const hasAlpha = channels === 4 && resizing.interpolation !== 'nearest';
  if (hasAlpha) premultiply(input);
  exports.resize(
    ...[at.input, values, values, channels],
    ...[at.rowFirsts, at.rowWeights, down.count, rows],
    ...[at.columnFirsts, at.columnWeights, along.count, columns],
    ...[at.line, at.output],
  );
  const output = new Uint8Array(buffer, at.output, rows * columns * channels);
  if (hasAlpha) unpremultiply(output);
  const result = isTurned ? transpose(output, rows, columns, channels) : output.slice();
  if (size > KEPT_BYTES) exports = undefined;
  return result;
}

/** Of the stored rows and of the stored columns; where the picture lies on its side, its own rows are the latter. */
function tapsOf(picture: DecodedPicture, resizing: Resizing, isTurned: boolean): [AxisTaps, AxisTaps] {
  const { orientation } = picture;
  const { interpolation, antialias } = resizing;
  const [height, width] = isTurned ? [picture.columns, picture.rows] : [picture.rows, picture.columns];
  const part = resizing.keepAspectRatio ? middlePart(height, width, resizing) : { height, width };
  const axis = (length: number, part: number, target: number, isFlipped: boolean) =>
    axisTaps({ length, start: Math.floor((length - part) / 2), part, target, isFlipped }, interpolation, antialias);
  const [rowsFlipped, columnsFlipped] = [[3, 4, 6, 7].includes(orientation), [2, 3, 7, 8].includes(orientation)];
  const own = (isFlipped: boolean) => axis(height, part.height, resizing.rows, isFlipped);
  const across = (isFlipped: boolean) => axis(width, part.width, resizing.columns, isFlipped);
  return isTurned ? [across(rowsFlipped), own(columnsFlipped)] : [own(rowsFlipped), across(columnsFlipped)];
}

/** As `load_img` of keras/src/utils/image_utils.py takes it. */
const middlePart = (height: number, width: number, { rows, columns }: Resizing) => ({
  height: Math.min(height, Math.floor((width * rows) / columns)),
  width: Math.min(width, Math.floor((height * columns) / rows)),
});

function transpose(bytes: Uint8Array, rows: number, columns: number, channels: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  let from = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const to = (j * rows + i) * channels;
      for (let c = 0; c < channels; c++) result[to + c] = bytes[from++];
    }
  }
  return result;
}
