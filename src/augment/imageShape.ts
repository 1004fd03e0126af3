import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';

export type DataFormat = 'channelsLast' | 'channelsFirst';

export const DATA_FORMATS: readonly DataFormat[] = ['channelsLast', 'channelsFirst'];

/** A picture's extents, whatever its layout. */
export interface ImageExtents {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/**
 * Rows, columns and channels of one picture's shape.
 *
 * @throws InvalidArgumentError where the shape isn't three whole numbers from 1 on, UnknownNameError for an unknown data format
 */
export function imageExtents(shape: readonly number[], dataFormat: DataFormat): ImageExtents {
  if (!DATA_FORMATS.includes(dataFormat)) throw new UnknownNameError('data format', String(dataFormat), DATA_FORMATS);
  if (shape.length !== 3 || !shape.every(dim => Number.isInteger(dim) && dim > 0)) {
    const expected = dataFormat === 'channelsLast' ? '[rows, columns, channels]' : '[channels, rows, columns]';
    throw new InvalidArgumentError(`A picture of shape [${shape}] can't be augmented: expected ${expected}.`);
  }
  const [first, second, third] = shape;
  return dataFormat === 'channelsLast'
    ? { rows: first, columns: second, channels: third }
    : { rows: second, columns: third, channels: first };
}
