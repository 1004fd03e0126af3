import { gatherPictures, type Pictures, pictureValues } from './pictures.js';

/**
 * Shifts pictures cyclically, down and to the right. An ascent that is shifted by another random amount at each step
 * (jitter) can't sharpen the grid of the network's strides.
 */
export function roll(pictures: Pictures, down: number, right: number): Pictures {
  const { size, channels } = pictures;
  const place = (position: number): number => ((position % size) + size) % size;
  const rollOne = (x: Float32Array): Float32Array => {
    const rolled = new Float32Array(x.length);
    const split = (size - place(right)) * channels;
    for (let row = 0; row < size; row++) {
      const line = x.subarray(row * size * channels, (row + 1) * size * channels);
      const to = place(row + down) * size * channels;
      rolled.set(line.subarray(split), to);
      rolled.set(line.subarray(0, split), to + line.length - split);
    }
    return rolled;
  };
  return gatherPictures(
    pictures,
    pictures.filters.map((_, i) => rollOne(pictureValues(pictures, i))),
  );
}
