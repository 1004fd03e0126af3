import { FileFormatError } from '../error/fileFormatError.js';
import type { NamedBytes } from './findDataset.js';
import { fromArrays } from './fromArrays.js';
import type { ArraySource } from './source.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;

/** How a record of CIFAR's binary version begins. */
export interface CifarLabels {
  /** Label bytes before the pixels. */
  readonly count: number;
  /** Which of them is wanted. */
  readonly wanted: number;
  readonly classNames: readonly string[];
}

/**
 * A source of the records of some files: `x` is uint8 `[rows, 32, 32, 3]`, scaled to 0 … 1, `y` class numbers `[rows]`.
 * Files have the pixels channel by channel; here the channels come last.
 *
 * @throws FileFormatError where a file is no whole number of records, or a label has no class
 */
export function cifarImages(name: string, files: readonly NamedBytes[], labels: CifarLabels): ArraySource {
  const record = labels.count + PLANE * CHANNELS;
  for (const { bytes, origin } of files) {
    if (bytes.length === 0 || bytes.length % record !== 0) {
      throw new FileFormatError(
        `${origin}: ${bytes.length} bytes, expected a multiple of ${record} (${labels.count} for labels and ` +
          `${SIDE} × ${SIDE} × ${CHANNELS} pixels). It is cut short or another file: delete it and get it anew.`,
      );
    }
  }
  const rows = files.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const x = new Uint8Array(rows * PLANE * CHANNELS);
  const y = new Int32Array(rows);
  let row = 0;
  for (const { bytes, origin } of files) {
    for (let at = 0; at < bytes.length; at += record, row++) {
      const label = bytes[at + labels.wanted];
      if (label >= labels.classNames.length) {
        throw new FileFormatError(
          `${origin}: record ${at / record} has the label ${label}, expected 0 … ${labels.classNames.length - 1}. ` +
            'Delete the file and get it anew.',
        );
      }
      y[row] = label;
      interleave(bytes, at + labels.count, x, row * PLANE * CHANNELS);
    }
  }
  const { classNames } = labels;
  return fromArrays({
    name,
    x: { data: x, shape: [rows, SIDE, SIDE, CHANNELS] },
    y,
    classNames,
    scaling: { scale: 1 / 255 },
  });
}

function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  for (let i = 0; i < PLANE; i++) {
    pixels[to++] = planes[from + i];
    pixels[to++] = planes[from + PLANE + i];
    pixels[to++] = planes[from + 2 * PLANE + i];
  }
}
