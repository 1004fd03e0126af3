import { basename } from 'node:path';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

export type ModelFormat = 'h5' | 'weights.h5' | 'keras' | 'tfjs' | 'safetensors';

/** The longer suffix first: `.weights.h5` is no whole model. */
const SUFFIXES: readonly (readonly [suffix: string, format: ModelFormat])[] = [
  ['.weights.h5', 'weights.h5'],
  ['.h5', 'h5'],
  ['.hdf5', 'h5'],
  ['.keras', 'keras'],
  ['.json', 'tfjs'],
  ['.safetensors', 'safetensors'],
];

/** Formats that hold weights alone. */
export const isWeightsOnly = (format: ModelFormat): boolean => format === 'weights.h5' || format === 'safetensors';

/** What a model file's name says it is. */
export function modelFormat(path: string): ModelFormat {
  const name = basename(path).toLowerCase();
  const found = SUFFIXES.find(([suffix]) => name.endsWith(suffix));
  if (found === undefined) {
    throw new InvalidArgumentError(
      `Can't tell the format of '${basename(path)}' by its name; known endings: ${SUFFIXES.map(([s]) => s).join(', ')}.`,
    );
  }
  return found[1];
}
