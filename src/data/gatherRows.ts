import { type HostArray, type HostData, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/**
 * Copies rows out of `[n, …]` into `[rows, …]` of the same type.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function gatherRows(array: HostArray, rows: ArrayLike<number>): HostArray {
  const { data, shape } = array;
  const width = sizeOf(shape.slice(1));
  const gathered = new (data.constructor as new (length: number) => HostData)(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    if (width === 1) gathered[i] = data[checkRow(rows[i], shape[0])];
    else gathered.set(rowOf(array, rows[i], width), i * width);
  }
  return { data: gathered, shape: [rows.length, ...shape.slice(1)] };
}

/**
 * A view of one row of `[n, …]`, which has `width` values.
 *
 * @throws InvalidArgumentError where there is no such row
 */
export function rowOf({ data, shape }: HostArray, row: number, width: number): HostData {
  const start = checkRow(row, shape[0]) * width;
  return data.subarray(start, start + width);
}

/** @throws InvalidArgumentError where there is no such row */
export function checkRow(row: number, size: number): number {
  if (Number.isInteger(row) && row >= 0 && row < size) return row;
  throw new InvalidArgumentError(`There is no row ${row}: rows are numbered from 0 to ${size - 1}.`);
}
