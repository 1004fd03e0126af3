import { isModel, type PlacedLayer } from './innerLayers.js';
import { callsOf } from './layerCalls.js';
import { replace } from './replace.js';

/**
 * Whether some layer takes one tensor twice, as in `add([x, x])`. In inference tfjs's executor frees what it thinks is used up, and
 * such a tensor too early where others take it afterwards.
 */
export const hasRepeatedInputs = (all: readonly PlacedLayer[]): boolean =>
  all.some(({ layer }) => callsOf(layer).some(({ inputTensors }) => new Set(inputTensors).size < inputTensors.length));

/** Lets layers compute as in inference while tfjs's executor works as in training, where it frees nothing. */
export const inferring = (all: readonly PlacedLayer[]): (() => void)[] =>
  all
    .filter(({ layer }) => !isModel(layer))
    .map(({ layer }) => {
      const call = layer.call.bind(layer);
      const lent: typeof layer.call = (inputs, options) => call(inputs, { ...options, training: false });
      return replace(layer, 'call', lent);
    });
