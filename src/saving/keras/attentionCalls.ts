import { isRecord } from '../../text/json.js';
import { type KerasConfig, type KerasLayer, type KerasObject, kerasTensors } from './kerasConfig.js';
import { type KerasFile, unsupported } from './kerasFileErrors.js';
import { EXPORTED_GROUPED_QUERY } from './kerasLayers.js';

/** How Keras calls its attention layers: query, value and key one by one, or in a list. */
const CLASSES: Readonly<Record<string, 'one by one' | 'list'>> = {
  AdditiveAttention: 'list',
  Attention: 'list',
  GroupedQueryAttention: 'one by one',
  MultiHeadAttention: 'one by one',
};

export const isAttention = (className: string): boolean => Object.hasOwn(CLASSES, className);

const ROLES = ['query', 'value', 'key'] as const;
type Role = (typeof ROLES)[number];

/** A tensor of another layer: in Keras 2 as a list, since Keras 3 as an object. */
type Node = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * An attention layer as the layers here are: called with its tensors in their order, and all else in its config. Other layers come
 * back as they are.
 *
 * @throws UnsupportedModelError where its calls differ in more than their tensors, or lack one
 */
export function withCallInConfig(layer: KerasLayer, file: KerasFile): KerasLayer {
  if (layer.class_name === EXPORTED_GROUPED_QUERY) {
    return withCallInConfig({ ...layer, class_name: 'GroupedQueryAttention' }, file);
  }
  const { class_name, inbound_nodes = [] } = layer;
  // A model that was built here has all in its config.
  const isOurs = Array.isArray(layer.config.places);
  if (!isAttention(class_name) || inbound_nodes.length === 0 || isOurs) return layer;
  const calls = (inbound_nodes as readonly Node[]).map(node =>
    isRecord(node) ? keras3Call(node, layer, file) : keras2Call(node as readonly unknown[], layer, file),
  );
  const [{ places, useCausalMask }] = calls;
  if (calls.some(call => call.useCausalMask !== useCausalMask || `${call.places}` !== `${places}`)) {
    throw unsupported(
      file,
      layer,
      "its calls differ in 'use_causal_mask', or in which of query, value and key are the same; use a layer for each way to call it",
    );
  }
  const config = { ...layer.config, use_causal_mask: useCausalMask, places };
  return { ...layer, config, inbound_nodes: calls.map(({ node }) => node) };
}

/** A call, with the tensors of the layer's inputs in the order in which Keras follows them to the layers before. */
interface Called {
  readonly node: unknown;
  /** Which of them are query, value and key. */
  readonly places: readonly number[];
  readonly useCausalMask: boolean;
}

/** Keras takes the positional ones first, then the others by their names in alphabetical order. */
function keras3Call(node: Readonly<Record<string, unknown>>, layer: KerasLayer, file: KerasFile): Called {
  const kwargs = isRecord(node.kwargs) ? node.kwargs : {};
  const { query, value, key, inputs, use_causal_mask = false, ...rest } = kwargs;
  const positional = kerasTensors([node.args, inputs]).map((tensor, i) => [ROLES[i], tensor] as const);
  const named = Object.entries({ key, query, value }).flatMap(([role, given]) =>
    kerasTensors([given]).map(tensor => [role as Role, tensor] as const),
  );
  const given = new Map<Role | undefined, KerasObject>([...positional, ...named]);
  if (!given.has('query') || !given.has('value') || given.has(undefined)) throw unsupported(file, layer, WRONG_CALL);
  const identities = [...given.values()].map(({ config }) => JSON.stringify(config.keras_history));
  const distinct = [...new Set(identities)];
  const placeOf = (role: Role): number => distinct.indexOf(identities[[...given.keys()].indexOf(role)]);
  const places = ROLES.filter(role => given.has(role)).map(placeOf);
  const args = distinct.map(identity => [...given.values()][identities.indexOf(identity)]);
  return { node: { ...node, args, kwargs: rest }, places: withoutKey(places), useCausalMask: use_causal_mask === true };
}

/** A key that is the value is left out. */
const withoutKey = ([query, value, key = value]: readonly number[]): readonly number[] =>
  key === value ? [query, value] : [query, value, key];

const WRONG_CALL = 'it is called with something else than a query, a value and, maybe, a key';

/** `[[layer, node, tensor, {value: [layer, node, tensor], …}]]`; of Attention, a list of several. */
function keras2Call(node: readonly unknown[], layer: KerasLayer, file: KerasFile): Called {
  const references = node.map(one => (one as unknown[]).slice(0, 3));
  const [{ value, key, use_causal_mask = false, ...rest }] = node.map(
    one => ((one as unknown[])[3] ?? {}) as KerasConfig,
  );
  for (const [name, given] of Object.entries(rest)) {
    if (given == null || given === false) continue;
    throw unsupported(file, layer, `it is called with the argument '${name}', which is not known here`);
  }
  const all = [...references, ...[value, key].filter(Array.isArray)].map(reference => reference.slice(0, 3));
  if (all.length < 2 || all.length > 3) throw unsupported(file, layer, WRONG_CALL);
  const identities = all.map(reference => JSON.stringify(reference));
  const distinct = [...new Set(identities)];
  const places = withoutKey(identities.map(identity => distinct.indexOf(identity)));
  const inputs = distinct.map(identity => [...JSON.parse(identity), {}]);
  return { node: inputs, places, useCausalMask: use_causal_mask === true };
}

/**
 * A call of an attention layer as Keras 3 writes it, with what stands in the layer's config here. Of the ways to write it, one in which
 * Keras follows the tensors in the same order.
 */
export function kerasCall(
  { class_name, config }: KerasLayer,
  inputs: readonly unknown[],
): { readonly args: readonly unknown[]; readonly kwargs: Readonly<Record<string, unknown>> } {
  const { places, use_causal_mask: causal } = config;
  const [query, value, key] = Array.isArray(places) ? (places as number[]) : [0, 0];
  const options = causal === true ? { use_causal_mask: true } : {};
  const keyed = key === undefined ? {} : { key };
  if (CLASSES[class_name] === 'list') {
    return { args: [[query, value, ...Object.values(keyed)].map(place => inputs[place])], kwargs: options };
  }
  const ways = [
    { args: [query, value], kwargs: keyed },
    { args: [query], kwargs: { ...keyed, value } },
    { args: [], kwargs: { ...keyed, query, value } },
  ];
  const isInOrder = ({ args, kwargs }: (typeof ways)[number]): boolean =>
    [...new Set([...args, ...Object.values(kwargs)])].every((place, i) => place === i);
  const { args, kwargs } = ways.find(isInOrder) ?? ways[0];
  const named = Object.entries(kwargs).map(([role, place]) => [role, inputs[place]]);
  return { args: args.map(place => inputs[place]), kwargs: { ...Object.fromEntries(named), ...options } };
}

/** Options of an attention layer here that are arguments of the call in Keras. */
export const CALL_OPTIONS: readonly string[] = ['places', 'use_causal_mask'];
