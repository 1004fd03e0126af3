import { isRecord, type KerasConfig, type KerasLayer, kerasTensors, layerName } from './kerasConfig.js';
import { type KerasFile, unsupported } from './refuseLayer.js';

/** How Keras calls its attention layers: query, value and key one by one, or in a list. */
const CLASSES: Readonly<Record<string, 'one by one' | 'list'>> = {
  AdditiveAttention: 'list',
  Attention: 'list',
  GroupedQueryAttention: 'one by one',
  MultiHeadAttention: 'one by one',
};

export const isAttention = (className: string): boolean => Object.hasOwn(CLASSES, className);

const ROLES = ['query', 'value', 'key'] as const;

/** A tensor of another layer: in Keras 2 as a list, since Keras 3 as an object. */
type Node = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * An attention layer as the layers here are: called with its tensors in their order, and all else in its config. Other layers come
 * back as they are.
 *
 * @throws UnsupportedModelError where its calls differ in more than their tensors, or lack one
 */
export function withCallInConfig(layer: KerasLayer, file: KerasFile): KerasLayer {
  const { class_name, inbound_nodes = [] } = layer;
  if (!isAttention(class_name) || inbound_nodes.length === 0) return layer;
  const calls = (inbound_nodes as readonly Node[]).map(node =>
    isRecord(node) ? keras3Call(node, layer, file) : keras2Call(node as readonly unknown[], layer, file),
  );
  const causal = new Set(calls.map(({ useCausalMask }) => useCausalMask));
  if (causal.size > 1) throw unsupported(file, layer, "it is called with 'use_causal_mask' and without; use a layer for each");
  const config = { ...layer.config, use_causal_mask: causal.has(true) };
  return { ...layer, config, inbound_nodes: calls.map(({ node }) => node) };
}

interface Called {
  readonly node: unknown;
  readonly useCausalMask: boolean;
}

function keras3Call(node: Readonly<Record<string, unknown>>, layer: KerasLayer, file: KerasFile): Called {
  const kwargs = isRecord(node.kwargs) ? node.kwargs : {};
  const { query, value, key, inputs, use_causal_mask = false, ...rest } = kwargs;
  const args = kerasTensors([node.args, inputs]);
  const named = { query, value, key };
  for (const [place, role] of ROLES.entries()) if (named[role] != null) args[place] = kerasTensors([named[role]])[0];
  if (args.length < 2 || args.length > 3 || Object.keys(args).length !== args.length) {
    throw unsupported(file, layer, 'it is called with something else than a query, a value and, maybe, a key');
  }
  return { node: { ...node, args, kwargs: rest }, useCausalMask: use_causal_mask === true };
}

/** `[[layer, node, tensor, {value: [layer, node, tensor], …}]]`; of Attention, a list of several. */
function keras2Call(node: readonly unknown[], layer: KerasLayer, file: KerasFile): Called {
  const references = node.map(one => (one as unknown[]).slice(0, 3));
  const [{ value, key, use_causal_mask = false, ...rest }] = node.map(one => ((one as unknown[])[3] ?? {}) as KerasConfig);
  for (const [name, given] of Object.entries(rest)) {
    if (given == null || given === false) continue;
    throw unsupported(file, layer, `it is called with the argument '${name}', which is not known here`);
  }
  const all = [...references, ...[value, key].filter(Array.isArray)].map(reference => [...reference.slice(0, 3), {}]);
  if (all.length < 2) throw unsupported(file, layer, 'it is called with something else than a query and a value');
  return { node: all, useCausalMask: use_causal_mask === true };
}

/** A call of an attention layer as Keras 3 writes it, with what stands in the layer's config here. */
export function kerasCall(
  { class_name, config }: KerasLayer,
  inputs: readonly unknown[],
): { readonly args: readonly unknown[]; readonly kwargs: Readonly<Record<string, unknown>> } {
  const { places, use_causal_mask: causal } = config;
  const tensors = (Array.isArray(places) ? (places as number[]) : [0, 0]).map(place => inputs[place]);
  const kwargs = causal === true ? { use_causal_mask: true } : {};
  if (CLASSES[class_name] === 'list') return { args: [tensors], kwargs };
  const [query, value, key] = tensors;
  return { args: [query, value], kwargs: key === undefined ? kwargs : { key, ...kwargs } };
}

/** Options of an attention layer here that are arguments of the call in Keras. */
export const CALL_OPTIONS: readonly string[] = ['places', 'use_causal_mask'];

/** Names of attention layers in a config. */
export const attentionNames = (layers: readonly KerasLayer[]): string[] =>
  layers.filter(({ class_name }) => isAttention(class_name)).map(layerName);
