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
  const first: CallCounts = new Map(graph.layers.map(layer => [layer.name, callsAtFirst(layer)]));
  check(graph, first, fail);
  const made = callsAsMade(graph.layers, first, fail);
  if ([...made.values()].every(order => order.every((call, i) => call === i))) return graph;
  const refer = ([name, node, ...rest]: Reference): Reference => {
    const own = first.get(name) ?? 0;
    return [name, node < own ? node : own + (made.get(name)?.indexOf(node - own) ?? 0), ...rest] as Reference;
  };
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

/** Numbers of calls, by layer. */
type CallCounts = ReadonlyMap<string, number>;

/** Calls that a layer has before any is made: an input's own, and that of a model to itself. */
const callsAtFirst = ({ class_name }: CalledLayer): number =>
  class_name === 'InputLayer' || isModelClass(class_name) ? 1 : 0;

function check(graph: Connected<CalledLayer>, first: CallCounts, fail: Fail): void {
  const counts: CallCounts = new Map(
    graph.layers.map(({ name, inbound_nodes }) => [name, (first.get(name) ?? 0) + inbound_nodes.length]),
  );
  const names = new Set<string>();
  for (const { name, inbound_nodes } of graph.layers) {
    if (names.has(name)) throw fail(name, 'the model has two layers of that name');
    names.add(name);
    for (const inputs of inbound_nodes) {
      if (!Array.isArray(inputs) || !inputs.every(isReference)) throw fail(name, "its 'inbound_nodes' are damaged");
      if (inputs.length === 0) throw fail(name, 'one of its calls takes nothing');
      for (const input of inputs) checkReference(input, counts, problem => fail(name, problem));
    }
  }
  for (const key of ['input_layers', 'output_layers'] as const) {
    if (graph[key].length === 0) throw fail('', `its '${key}' are missing`);
    for (const end of graph[key]) checkReference(end, counts, problem => fail('', `its '${key}': ${problem}`));
  }
}

function checkReference([source, node, tensor]: Reference, counts: CallCounts, fail: (problem: string) => Error): void {
  const calls = counts.get(source);
  if (calls === undefined) throw fail(`it takes what layer '${source}' gives, which the model doesn't have`);
  if (![node, tensor].every(number => Number.isInteger(number) && number >= 0) || node >= calls) {
    const count = calls === 1 ? '1 call' : `${calls} calls`;
    throw fail(`it takes output ${tensor} of call ${node} of layer '${source}', which has ${count}`);
  }
}

/** For each layer its calls in the order in which tfjs makes them, by their places in the config. */
function callsAsMade(
  layers: readonly CalledLayer[],
  first: CallCounts,
  fail: Fail,
): ReadonlyMap<string, readonly number[]> {
  const made = new Map<string, number[]>(layers.map(({ name }) => [name, []]));
  const isThere = ([name, node]: Reference): boolean => {
    const own = first.get(name) ?? 0;
    return node < own || made.get(name)?.includes(node - own) === true;
  };
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
