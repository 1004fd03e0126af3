import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { resizeBicubic } from '../../../src/filters/resizeBicubic.js';
import { compareArray } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly picture: SafetensorsArray;
  readonly rows: number;
  readonly columns: number;
}

/** Kind `resize`: bicubic, as Pillow does it. */
export const resize: Runner = ({ given, expect, tolerance }) => {
  const { picture, rows, columns } = given as Given;
  const [height, width, channels] = picture.shape;
  const data = picture.data as Uint8Array;
  const ours = resizeBicubic({ data, rows: height, columns: width, channels }, rows, columns);
  const theirs = (expect as { picture: SafetensorsArray }).picture;
  return [compareArray('picture', { data: ours.data, shape: [rows, columns, channels] }, theirs, tolerance)];
};
