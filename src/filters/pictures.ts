/** Square pictures that are ascended together, one for each filter. Host data. */
export interface Pictures {
  /** Numbers of the filters (or of whatever the objective counts), in the order of the pictures. */
  readonly filters: readonly number[];
  /** Rows and columns. */
  readonly size: number;
  readonly channels: number;
  /** Float values `[filters, size, size, channels]`, around 128 or in 0 … 1. */
  readonly values: Float32Array;
}

/** The values of one picture, a view. */
export function pictureValues({ values, filters }: Pictures, index: number): Float32Array {
  const length = values.length / filters.length;
  return values.subarray(index * length, (index + 1) * length);
}

/** The pictures at these places alone. */
export function selectPictures(pictures: Pictures, indices: readonly number[]): Pictures {
  return gatherPictures(
    { ...pictures, filters: indices.map(index => pictures.filters[index]) },
    indices.map(index => pictureValues(pictures, index)),
  );
}

/** Pictures made of one array for each. */
export function gatherPictures(
  { filters, size, channels }: Omit<Pictures, 'values'>,
  each: readonly Float32Array[],
): Pictures {
  const length = size * size * channels;
  const values = new Float32Array(each.length * length);
  for (const [i, one] of each.entries()) values.set(one, i * length);
  return { filters, size, channels, values };
}

/** All of them in one, in their order; they have the same size. */
export const joinPictures = (parts: readonly Pictures[]): Pictures =>
  gatherPictures(
    { ...parts[0], filters: parts.flatMap(({ filters }) => filters) },
    parts.flatMap(part => part.filters.map((_, i) => pictureValues(part, i))),
  );
