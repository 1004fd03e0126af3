import { type HostArray, sizeOf } from '../array/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** @throws InvalidArgumentError where there aren't as many values as the shape has places */
export function checkPictures(what: string, { data, shape }: HostArray): void {
  if (data.length === sizeOf(shape)) return;
  throw new InvalidArgumentError(
    `${what}: pictures of shape [${shape}] have ${sizeOf(shape)} values, but ${data.length} came. Give them as [pictures, ...picture].`,
  );
}
