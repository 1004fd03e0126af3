import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkNames } from '../error/checkNames.js';

/** Names of a model's inputs, in its order; tfjs's own list is empty for a Sequential. */
export const inputNamesOf = ({ inputs }: LayersModel): readonly string[] => inputs.map(layerName);

/** Names of a model's outputs, in its order. */
export const outputNamesOf = ({ outputs }: LayersModel): readonly string[] => outputs.map(layerName);

/** @throws UnknownNameError for the first that no output of the model has */
export const checkOutputNames = (model: LayersModel, names: readonly string[]): void =>
  checkNames(`output of the model '${model.name}'`, names, outputNamesOf(model));

const layerName = ({ sourceLayer }: SymbolicTensor): string => sourceLayer.name;
