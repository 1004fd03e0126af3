import * as tf from '@tensorflow/tfjs-core';

/** Where windows lie, each triple in the order depth, height, width; a picture has the depth 1. */
export interface Pooling {
  readonly batch: number;
  readonly channels: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly window: Triple;
  readonly strides: Triple;
  readonly before: Triple;
  readonly outputShape: number[];
}
type Triple = readonly [depth: number, height: number, width: number];

type FlatAttributes = tf.AvgPoolGradAttrs & Partial<Pick<tf.MaxPoolGradAttrs, 'dimRoundingMode'>>;
type DeepAttributes = tf.MaxPool3DGradAttrs;

export const flatPooling = (shape: number[], { filterSize, strides, pad, dimRoundingMode }: FlatAttributes): Pooling =>
  poolingOf(
    tf.backend_util.computePool2DInfo(
      shape as tf.Tensor4D['shape'],
      filterSize,
      strides,
      1,
      pad as 'same',
      dimRoundingMode,
    ),
  );

export const deepPooling = (shape: number[], { filterSize, strides, pad, dimRoundingMode }: DeepAttributes): Pooling =>
  poolingOf(
    tf.backend_util.computePool3DInfo(
      shape as tf.Tensor5D['shape'],
      filterSize,
      strides,
      1,
      pad as 'same',
      dimRoundingMode,
    ),
  );

type FlatInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;
type DeepInfo = ReturnType<typeof tf.backend_util.computePool3DInfo>;

function poolingOf(info: FlatInfo | DeepInfo): Pooling {
  const deep = 'inDepth' in info ? info : { inDepth: 1, outDepth: 1, filterDepth: 1, strideDepth: 1 };
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    input: [deep.inDepth, info.inHeight, info.inWidth],
    output: [deep.outDepth, info.outHeight, info.outWidth],
    window: [deep.filterDepth, info.filterHeight, info.filterWidth],
    strides: [deep.strideDepth, info.strideHeight, info.strideWidth],
    before: ['inDepth' in info ? info.padInfo.front : 0, info.padInfo.top, info.padInfo.left],
    outputShape: info.outShape,
  };
}

export function placeOfLargest(values: ArrayLike<number>, places: Int32Array): number {
  let best = places[0];
  for (const place of places) if (values[place] > values[best]) best = place;
  return best;
}

/** Visits each place of the output with the places of the input that its window has, padding left out. */
export function eachWindow(pooling: Pooling, visit: (at: number, places: Int32Array) => void): void {
  const { batch, channels, input, output, window } = pooling;
  const [depths, rows, columns] = [0, 1, 2].map(axis =>
    Array.from({ length: output[axis] }, (_, i) => inside(pooling, axis, i)),
  );
  const places = new Int32Array(window[0] * window[1] * window[2]);
  let at = 0;
  for (let example = 0; example < batch; example++) {
    for (const [firstDepth, lastDepth] of depths) {
      for (const [firstRow, lastRow] of rows) {
        for (const [firstColumn, lastColumn] of columns) {
          let count = 0;
          for (let depth = firstDepth; depth < lastDepth; depth++) {
            for (let row = firstRow; row < lastRow; row++) {
              const line = ((example * input[0] + depth) * input[1] + row) * input[2];
              for (let column = firstColumn; column < lastColumn; column++)
                places[count++] = (line + column) * channels;
            }
          }
          const used = places.subarray(0, count);
          for (let channel = 0; channel < channels; channel++) {
            visit(at++, used);
            for (let i = 0; i < count; i++) used[i]++;
          }
        }
      }
    }
  }
}

/** From which place of an axis to before which one a window reaches. */
function inside({ input, window, strides, before }: Pooling, axis: number, i: number): readonly [number, number] {
  const start = i * strides[axis] - before[axis];
  return [Math.max(start, 0), Math.min(start + window[axis], input[axis])];
}
