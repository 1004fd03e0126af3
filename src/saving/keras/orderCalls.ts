import { isModelClass } from './kerasConfig.js';
import { isReference, type Reference } from './nodeReferences.js';

/** A layer of a functional model, and what each of its calls takes. */
export interface CalledLayer {
  readonly class_name: string;
  readonly name: string;
  readonly inbound_nodes: readonly (readonly Reference[])[];
}

export interface Connected<Layer extends CalledLayer> {
  readonly layers: readonly Layer[];
  readonly input_layers: readonly Reference[];
  readonly output_layers: readonly Reference[];
}

/** Makes an error of what is wrong with a layer. */
type Fail = (layer: string, problem: string) => Error;

/**
 * Numbers the calls of each layer in the order in which tfjs makes them. That one leaves a call for later whose inputs aren't there
 * yet, and makes the layer's next one first: from there on all references to the two would be exchanged.
 *
 * @throws what `fail` makes of a layer that is there twice, of an input that is no call of a layer in the model, and of calls that
 *   wait for each other; tfjs would wait for ever
 */
export function orderCalls<Layer extends CalledLayer, Graph extends Connected<Layer>>(graph: Graph, fail: Fail): Graph {
  checkLayers(graph.layers, fail);
  const made = callsAsMade(graph.layers, fail);
  const refer = ([name, node, ...rest]: Reference): Reference => {
    const first = callsAtFirst(graph.layers, name);
    return [name, node < first ? node : first + (made.get(name)?.indexOf(node - first) ?? 0), ...rest] as Reference;
  };
  for (const key of ['input_layers', 'output_layers'] as const) {
    if (graph[key].length === 0) throw fail('', `its '${key}' are missing`);
    for (const end of graph[key]) checkReference(end, graph.layers, problem => fail('', `its '${key}': ${problem}`));
  }
  if ([...made.values()].every(order => order.every((call, i) => call === i))) return graph;
  const ordered = {
    ...graph,
    layers: graph.layers.map(layer => ({
      ...layer,
      inbound_nodes: (made.get(layer.name) ?? []).map(call => layer.inbound_nodes[call].map(refer)),
    })),
    input_layers: graph.input_layers.map(refer),
    output_layers: graph.output_layers.map(refer),
  };
  // Where a layer takes what it gave itself, an earlier number may let it be called sooner.
  return orderCalls<Layer, Graph>(ordered, fail);
}

/** Calls that a layer has before any is made: an input's own, and that of a model to itself. */
function callsAtFirst(layers: readonly CalledLayer[], name: string): number {
  const found = layers.find(layer => layer.name === name);
  return found !== undefined && (found.class_name === 'InputLayer' || isModelClass(found.class_name)) ? 1 : 0;
}

function checkLayers(layers: readonly CalledLayer[], fail: Fail): void {
  const names = new Set<string>();
  for (const { name, inbound_nodes } of layers) {
    if (names.has(name)) throw fail(name, 'the model has two layers of that name');
    names.add(name);
    for (const inputs of inbound_nodes) {
      if (!Array.isArray(inputs) || !inputs.every(isReference)) throw fail(name, "its 'inbound_nodes' are damaged");
      if (inputs.length === 0) throw fail(name, 'one of its calls takes nothing');
      for (const input of inputs) checkReference(input, layers, problem => fail(name, problem));
    }
  }
}

function checkReference(
  [source, node, tensor]: Reference,
  layers: readonly CalledLayer[],
  fail: (problem: string) => Error,
) {
  const found = layers.find(({ name }) => name === source);
  if (found === undefined) throw fail(`it takes what layer '${source}' gives, which the model doesn't have`);
  const calls = callsAtFirst(layers, source) + found.inbound_nodes.length;
  if (![node, tensor].every(number => Number.isInteger(number) && number >= 0) || node >= calls) {
    throw fail(
      `it takes output ${tensor} of call ${node} of layer '${source}', which has ${calls === 1 ? '1 call' : `${calls} calls`}`,
    );
  }
}

/** For each layer its calls in the order in which tfjs makes them, by their places in the config. */
function callsAsMade(layers: readonly CalledLayer[], fail: Fail): ReadonlyMap<string, readonly number[]> {
  const made = new Map<string, number[]>(layers.map(({ name }) => [name, []]));
  const first = new Map(layers.map(({ name }) => [name, callsAtFirst(layers, name)]));
  const isThere = ([name, node]: Reference): boolean =>
    node < (first.get(name) ?? 0) || made.get(name)?.includes(node - (first.get(name) ?? 0)) === true;
  let waiting = layers.flatMap(layer =>
    layer.inbound_nodes.map((inputs, call) => ({ name: layer.name, call, inputs })),
  );
  while (waiting.length > 0) {
    const left: typeof waiting = [];
    for (const each of waiting) {
      if (each.inputs.every(isThere)) made.get(each.name)?.push(each.call);
      else left.push(each);
    }
    if (left.length === waiting.length) throw fail(left[0].name, 'it waits for its own output, by way of other layers');
    waiting = left;
  }
  return made;
}
