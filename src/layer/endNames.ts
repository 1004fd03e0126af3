import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Names of a model's inputs, in its order; tfjs's own list is empty for a Sequential. */
export const inputNamesOf = ({ inputs }: LayersModel): readonly string[] => inputs.map(layerName);

/** Names of a model's outputs, in its order. */
export const outputNamesOf = ({ outputs }: LayersModel): readonly string[] => outputs.map(layerName);

const layerName = ({ sourceLayer }: SymbolicTensor): string => sourceLayer.name;
