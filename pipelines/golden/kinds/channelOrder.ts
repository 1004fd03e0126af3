import type { HostArray, HostData } from '../../../src/array/hostArray.js';

/** `[channels, rows, columns]` as `[rows, columns, channels]`. */
export function channelsLast({ data, shape }: HostArray): HostArray {
  const [channels, rows, columns] = shape;
  const moved = data.slice();
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      moved[pixel * channels + channel] = data[channel * rows * columns + pixel];
    }
  }
  return { data: moved, shape: [rows, columns, channels] };
}

/** `[rows, columns, channels]` as `[channels, rows, columns]`. */
export function channelsFirst({ data, shape }: HostArray): HostArray {
  const [rows, columns, channels] = shape;
  const moved: HostData = data.slice();
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      moved[channel * rows * columns + pixel] = data[pixel * channels + channel];
    }
  }
  return { data: moved, shape: [channels, rows, columns] };
}
