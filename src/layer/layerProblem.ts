import type { layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';

/** An error that says which layer it is about. */
export const layerProblem = (layer: layers.Layer, problem: string): InvalidArgumentError =>
  new InvalidArgumentError(`${layer.getClassName()} '${layer.name}': ${problem}.`);
