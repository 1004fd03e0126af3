import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type layers, Sequential } from '@tensorflow/tfjs-layers';
import { replace } from './finalActivation.js';

/** A tfjs model that isn't Sequential: its calls of layers, grouped by their distance to the outputs. */
interface Container extends layers.Layer {
  outputs: SymbolicTensor[];
  readonly nodesByDepth: Readonly<Record<number, readonly Call[]>>;
}

interface Call {
  readonly outboundLayer: layers.Layer;
  readonly outputTensors: readonly SymbolicTensor[];
}

/**
 * Lets a model call a layer that it uses several times in Keras's order, deepest first; returns how to undo it. tfjs
 * walks from the output into the last input first, so that of the two calls of a shared batch normalisation the second
 * would update the moving statistics before the first. It computes fetches one after the other: the shared layers'
 * outputs are fetched before the model's own.
 */
export function orderSharedCalls(layer: layers.Layer): (() => void)[] {
  if (!isContainer(layer)) return [];
  const shared = sharedCalls(layer).flatMap(call => call.outputTensors);
  if (shared.length === 0) return [];
  const call = layer.call.bind(layer);
  const lent = (...given: Parameters<typeof call>) => {
    const { outputs } = layer;
    const fetches = [...new Set([...shared, ...outputs])];
    layer.outputs = fetches;
    try {
      const results = call(...given) as unknown[];
      return outputs.map(output => results[fetches.indexOf(output)]);
    } finally {
      layer.outputs = outputs;
    }
  };
  return [replace(layer, 'call', lent)];
}

/** A Sequential model hands its calls to a container that no list of layers shows; it shares no layer within itself. */
const isContainer = (layer: layers.Layer): layer is Container =>
  'nodesByDepth' in layer && !(layer instanceof Sequential);

function sharedCalls({ nodesByDepth }: Container): Call[] {
  const depths = Object.keys(nodesByDepth).map(Number);
  const calls = depths.sort((a, b) => b - a).flatMap(depth => nodesByDepth[depth]);
  const times = new Map<layers.Layer, number>();
  for (const { outboundLayer } of calls) times.set(outboundLayer, (times.get(outboundLayer) ?? 0) + 1);
  return calls.filter(({ outboundLayer }) => (times.get(outboundLayer) ?? 0) > 1);
}
