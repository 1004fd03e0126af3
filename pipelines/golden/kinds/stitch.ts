import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { stitch as stitched, stitchedFile } from '../../../src/filters/stitch.js';
import { compareArray, compareEqual } from '../comparison.js';
import type { Runner } from '../runner.js';

interface Given {
  readonly pictures: SafetensorsArray;
  readonly losses: readonly number[];
  readonly n: number | null;
  readonly margin: number;
  readonly layer: string;
}

interface Expect {
  readonly order: readonly number[];
  readonly n: number;
  readonly stitched: SafetensorsArray;
  readonly file: string;
}

/** Kind `stitch`: the best pictures in one. */
export const stitch: Runner = ({ given, expect, tolerance }) => {
  const { pictures, losses, n, margin, layer } = given as Given;
  const expected = expect as Expect;
  const [count, rows, columns, channels] = pictures.shape;
  const length = rows * columns * channels;
  const data = pictures.data as Uint8Array;
  const each = Array.from({ length: count }, (_, i) => ({
    data: data.subarray(i * length, (i + 1) * length),
    rows,
    columns,
    channels,
  }));
  const ours = stitched(each, losses, { n, margin });
  const { picture } = ours;
  return [
    compareEqual('order', ours.order, expected.order),
    compareEqual('n', ours.n, expected.n),
    compareArray(
      'stitched',
      { data: picture.data, shape: [picture.rows, picture.columns, picture.channels] },
      expected.stitched,
      tolerance,
    ),
    compareEqual('file', stitchedFile(layer, ours.n), expected.file),
  ];
};
