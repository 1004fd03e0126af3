import { FileFormatError } from '../../error/fileFormatError.js';
import type { Hdf5Reader } from '../../file/hdf5Reader.js';
import type { StoredArray } from '../../file/storedArray.js';
import type { SavedLayer } from './savedLayers.js';
import type { StoredWeight, WeightMatch } from './storedModel.js';

/**
 * What a weights file of Keras 3 holds. Source: keras/src/saving/saving_lib.py. Groups follow the model's objects
 * (`layers/<class>/vars/0`), optimizer state is in `optimizer/vars`.
 */
export interface WeightsH5 {
  readonly weights: readonly StoredWeight[];
  readonly optimizerArrays: readonly StoredArray[];
  match(layers: readonly SavedLayer[]): WeightMatch[];
}

/** A random generator's state isn't a weight; gradstream draws by a counter instead. */
const GENERATOR = 'seed_generator';

export function readWeightsH5(file: Hdf5Reader): WeightsH5 {
  const weights = new Map<string, StoredWeight>();
  const visit = (path: string, layer: string): void => {
    for (const child of file.children(path)) {
      if (child === GENERATOR) continue;
      if (child !== 'vars') {
        visit(`${path}/${child}`, layer);
        continue;
      }
      for (const [i, array] of variables(file, path).entries()) {
        const name = `${path}/vars/${i}`;
        weights.set(name, { ...array, name, layer });
      }
    }
  };
  for (const child of file.children('layers')) {
    const path = `layers/${child}`;
    // The layer's own name stands with its variables, also where it has none.
    visit(path, (file.has(`${path}/vars`) ? file.text(`${path}/vars`, 'name') : null) ?? child);
  }
  return {
    weights: [...weights.values()],
    optimizerArrays: variables(file, 'optimizer'),
    match: layers => matchByPath(weights, layers, file.origin),
  };
}

/** `vars/0`, `vars/1`, … of an object, in the order of their numbers. */
function variables(file: Hdf5Reader, path: string): StoredArray[] {
  const count = file.children(`${path}/vars`).size;
  return Array.from({ length: count }, (_, i) => file.array(`${path}/vars/${i}`));
}

function matchByPath(
  weights: ReadonlyMap<string, StoredWeight>,
  layers: readonly SavedLayer[],
  origin: string,
): WeightMatch[] {
  const left = new Set(weights.keys());
  const matches = layers.flatMap(({ names, path, weights: expected }) =>
    expected.map((weight, i) => {
      const name = `${path}/vars/${i}`;
      const array = weights.get(name);
      if (array === undefined) {
        throw new FileFormatError(
          `${origin}: layer '${names.join('/')}': its ${weight.name} is not in the file (expected at ${name}). ` +
            'The file belongs to another architecture.',
        );
      }
      left.delete(name);
      return { layer: names.join('/'), weight, array };
    }),
  );
  if (left.size > 0) {
    throw new FileFormatError(
      `${origin}: ${left.size} weights in it have no place in the model: ${[...left].slice(0, 5).join(', ')}. ` +
        'The file belongs to another architecture.',
    );
  }
  return matches;
}
