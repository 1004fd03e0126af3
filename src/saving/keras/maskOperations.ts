import { isRecord } from '../../text/json.js';
import { type KerasLayer, kerasTensors, layerName } from './kerasConfig.js';

/** What Keras 3 computes masks by: of an Embedding the first, of a Masking layer both. */
const SOURCES: readonly string[] = ['NotEqual', 'Any'];
/** What it makes of masks: in a merge and in attention. */
const PASSING: readonly string[] = ['ConvertToTensor', 'LogicalOr'];

/**
 * Names of the operations in a functional model's config that give nothing but masks. Keras 3 writes down how the mask of an
 * Embedding or a Masking layer comes about, and who gets it; tfjs's layers hand theirs on by themselves.
 */
export function maskOperations(layers: readonly KerasLayer[]): ReadonlySet<string> {
  const operations = layers.filter(({ class_name }) => [...SOURCES, ...PASSING].includes(class_name));
  const names = new Set(operations.map(layerName));
  // What goes on computing with a mask needs the operation, and so all that it computes with.
  for (;;) {
    const computing = layers.filter(layer => !names.has(layerName(layer))).flatMap(inputsOf);
    const needed = computing.filter(name => names.has(name));
    if (needed.length === 0) return names;
    for (const name of needed) names.delete(name);
  }
}

/** Names of the layers whose tensors a layer is called with, masks apart. */
const inputsOf = ({ inbound_nodes = [] }: KerasLayer): string[] =>
  inbound_nodes
    .filter(isRecord)
    .flatMap(({ args }) => kerasTensors(args))
    .map(sourceOf);

/** Name of the layer that made a tensor. */
export const sourceOf = (tensor: { readonly config: Readonly<Record<string, unknown>> }): string =>
  String([tensor.config.keras_history].flat()[0]);

/** Names of those that give masks which have come through a merge or attention. */
export const mergedMasks = (layers: readonly KerasLayer[]): ReadonlySet<string> =>
  new Set(layers.filter(({ class_name }) => PASSING.includes(class_name)).map(layerName));
