import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type HostArray, type HostData, sizeOf } from './hostArray.js';

/**
 * Copies rows out of `[n, …]` into `[rows, …]` of the same type.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function gatherRows({ data, shape }: HostArray, rows: ArrayLike<number>): HostArray {
  const width = sizeOf(shape.slice(1));
  const gathered = new (data.constructor as new (length: number) => HostData)(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = checkRow(rows[i], shape[0]);
    if (width === 1) gathered[i] = data[row];
    else gathered.set(data.subarray(row * width, (row + 1) * width), i * width);
  }
  return { data: gathered, shape: [rows.length, ...shape.slice(1)] };
}

/** @throws InvalidArgumentError where there is no such row */
export function checkRow(row: number, size: number): number {
  if (Number.isInteger(row) && row >= 0 && row < size) return row;
  throw new InvalidArgumentError(`There is no row ${row}: rows are numbered from 0 to ${size - 1}.`);
}
