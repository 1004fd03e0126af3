import { checkNames } from '../error/checkNames.js';
import { deprocessImage, EPSILON } from './deprocessImage.js';
import { gatherPictures, type Pictures, pictureValues } from './pictures.js';
import { processImage } from './processImage.js';
import { resizeBicubic } from './resizeBicubic.js';

/** `levels`: by way of a picture of 256 levels, as published. `float`: the values themselves, nothing is lost. */
export type UpscaleMethod = 'levels' | 'float';

const UPSCALE_METHODS: readonly string[] = ['levels', 'float'];

/** @throws UnknownNameError where there is no such method */
export const checkUpscaleMethod = (method: string): void => checkNames('upscaling', [method], UPSCALE_METHODS);

/**
 * Brings pictures to the next scale, bicubically.
 *
 * @param epsilon added to the deviation that `levels` divides by
 */
export function upscalePictures(
  pictures: Pictures,
  size: number,
  method: UpscaleMethod = 'levels',
  epsilon = EPSILON,
): Pictures {
  const shape = { rows: pictures.size, columns: pictures.size, channels: pictures.channels };
  const upscaleOne = (x: Float32Array): Float32Array => {
    if (method === 'float') return resizeBicubic({ data: x, ...shape }, size, size).data;
    const { picture, normalized } = deprocessImage(x, epsilon);
    return processImage(resizeBicubic({ data: picture, ...shape }, size, size).data, normalized);
  };
  return gatherPictures(
    { ...pictures, size },
    pictures.filters.map((_, i) => upscaleOne(pictureValues(pictures, i))),
  );
}
