import type { layers } from '@tensorflow/tfjs-layers';
import { NotTraceableError } from '../graph/notTraceableError.js';
import { currentTracer } from '../graph/tracer.js';

/**
 * @throws NotTraceableError in a trace where a layer keeps its state for the next batch: what it kept would be a symbol of a trace
 *   that has ended.
 */
export function refuseStates(layer: layers.Layer): void {
  if (currentTracer() === undefined || !('stateful' in layer) || layer.stateful !== true) return;
  throw new NotTraceableError(
    `the layer '${layer.name}' keeps its state for the next batch`,
    "Make it without 'stateful' where no sequence goes on in the next batch.",
  );
}
