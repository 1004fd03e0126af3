import type { HostData } from '../data/hostArray.js';
import type { DataFormat, ImageExtents } from './imageShape.js';

/**
 * One picture as float32, channels last, with one more column and row: a copy of the first one, which is what lies
 * beyond the last where pictures wrap. Everywhere else the extra pixels have weight 0; they spare the loop a test.
 *
 * @param from where the picture begins in `input`
 */
export function padImage(
  input: HostData,
  from: number,
  { rows, columns, channels }: ImageExtents,
  dataFormat: DataFormat,
  padded: Float32Array,
): void {
  const width = columns * channels;
  const pitch = width + channels;
  for (let i = 0; i < rows; i++) {
    const to = i * pitch;
    if (dataFormat === 'channelsLast') {
      const start = from + i * width;
      for (let k = 0; k < width; k++) padded[to + k] = input[start + k];
    } else {
      for (let c = 0; c < channels; c++) {
        const start = from + (c * rows + i) * columns;
        for (let j = 0; j < columns; j++) padded[to + j * channels + c] = input[start + j];
      }
    }
    for (let c = 0; c < channels; c++) padded[to + width + c] = padded[to + c];
  }
  padded.copyWithin(rows * pitch, 0, pitch);
}
