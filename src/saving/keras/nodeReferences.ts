import { byCodePoint } from '../../text/byCodePoint.js';
import { isRecord } from '../../text/json.js';
import { isModelClass, type KerasLayer, layerName } from './kerasConfig.js';

/** An output of a layer's call. */
export type Reference = readonly [layer: string, node: number, tensor: number, ...rest: unknown[]];

export const isReference = (value: unknown): value is Reference => Array.isArray(value) && typeof value[0] === 'string';

/** Ends of a model: one reference, a list of them, or a record of them by name, which Keras takes in the order of the names. */
export function references(value: unknown): Reference[] {
  if (isReference(value)) return [value];
  const list: unknown[] = Array.isArray(value) ? value : isRecord(value) ? byName(value) : [];
  return list.flatMap(references);
}

const byName = (record: Readonly<Record<string, unknown>>): unknown[] =>
  Object.keys(record)
    .sort(byCodePoint)
    .map(name => record[name]);

/** Between layers, Keras 3 counts a nested model's calls from 0; Keras 2 and tfjs count the model's own graph as its node 0. */
export const shiftNested = ([layer, node, tensor]: Reference, nested: ReadonlySet<string>): Reference => [
  layer,
  nested.has(layer) ? node + 1 : node,
  tensor,
];

/** Of a model's ends, Keras 3 counts a nested functional model's calls from 1, as tfjs does, and takes 0 for the last call. */
export function convertEnd(end: Reference, layers: readonly KerasLayer[]): Reference {
  const [name, node, tensor] = end;
  const owner = layers.find(layer => layerName(layer) === name);
  if (owner === undefined || !isModelClass(owner.class_name)) return end;
  if (owner.class_name === 'Sequential') return [name, node + 1, tensor];
  return [name, node === 0 ? (owner.inbound_nodes ?? []).length : node, tensor];
}
