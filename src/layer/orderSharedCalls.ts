import { type layers, Sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { callOf, type LayerCall } from './layerCalls.js';
import { replace } from './replace.js';

/** A functional model of tfjs: its calls of layers, grouped by their distance to the outputs. */
interface Container extends layers.Layer {
  outputs: SymbolicTensor[];
  readonly nodesByDepth: Readonly<Record<number, readonly LayerCall[]>>;
}

/**
 * Lets a model call a layer that it uses several times in Keras's order, deepest first; returns how to undo it. tfjs
 * walks from the output into the last input first, so that of the two calls of a shared batch normalisation the second
 * would update the moving statistics before the first. It computes fetches one after the other: the shared layers'
 * outputs are fetched before the model's own.
 */
export function orderSharedCalls(layer: layers.Layer): (() => void)[] {
  const container = containerOf(layer);
  if (container === null) return [];
  const shared = sharedCalls(container).flatMap(call => call.outputTensors);
  if (shared.length === 0) return [];
  const call = container.call.bind(container);
  const lent = (...given: Parameters<typeof call>) => {
    const { outputs } = container;
    const fetches = [...new Set([...shared, ...outputs])];
    container.outputs = fetches;
    try {
      const results = call(...given) as unknown[];
      return outputs.map(output => results[fetches.indexOf(output)]);
    } finally {
      container.outputs = outputs;
    }
  };
  return [replace(container, 'call', lent)];
}

/** A Sequential model hands its calls to a container, which opens up a model that stands first in it. */
function containerOf(layer: layers.Layer): Container | null {
  if (!(layer instanceof Sequential)) return 'nodesByDepth' in layer ? (layer as Container) : null;
  const sequential = layer as unknown as { readonly model?: Container | null };
  if (sequential.model == null) layer.build();
  return sequential.model ?? null;
}

function sharedCalls(container: Container): LayerCall[] {
  const times = new Map<layers.Layer, number>();
  const calls = kerasOrder(container);
  for (const { outboundLayer } of calls) times.set(outboundLayer, (times.get(outboundLayer) ?? 0) + 1);
  return calls.filter(({ outboundLayer }) => (times.get(outboundLayer) ?? 0) > 1);
}

/**
 * Deepest first, and those of one depth as they are met from the outputs on.
 *
 * Source: `map_graph` in keras/src/ops/function.py.
 */
function kerasOrder({ outputs, nodesByDepth }: Container): LayerCall[] {
  const own = new Set(Object.values(nodesByDepth).flat());
  const before = (call: LayerCall): LayerCall[] =>
    call.inputTensors.map(callOf).filter(one => one !== call && own.has(one));
  const met = new Set<LayerCall>();
  const sorted: LayerCall[] = [];
  const visit = (call: LayerCall): void => {
    if (met.has(call)) return;
    met.add(call);
    for (const one of before(call)) visit(one);
    sorted.push(call);
  };
  for (const output of outputs) visit(callOf(output));
  const depths = new Map<LayerCall, number>();
  const ofLayers = new Map<layers.Layer, number>();
  for (const call of sorted.reverse()) {
    const depth = Math.max(depths.get(call) ?? 0, ofLayers.get(call.outboundLayer) ?? 0);
    ofLayers.set(call.outboundLayer, depth);
    depths.set(call, depth);
    for (const one of before(call)) depths.set(one, Math.max(depth + 1, depths.get(one) ?? 0));
  }
  return [...depths].sort(([, a], [, b]) => b - a).map(([call]) => call);
}
