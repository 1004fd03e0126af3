import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isModel } from './innerLayers.js';
import { callOf, callsOf, consumers, type LayerCall } from './layerCalls.js';
import { ATTENDING, beginsMask, type MaskSource, MERGING, passesMask } from './passesMask.js';
import { sameness } from './sameness.js';

/**
 * Whose mask a tensor has in Keras; `input` where it has that of the model's input, `unclear` where it depends on more than the
 * graph, or several masks are put together.
 */
export type MaskOrigin = MaskSource | 'input' | 'unclear' | null;

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly returnSequences?: boolean;
  /** An attention's places among its inputs. */
  readonly places?: readonly number[];
}

/** Keras takes the masks off the tensors that such a layer is called with: who sees them later sees none. */
const CLEARING: readonly string[] = ['MultiHeadAttention'];

/**
 * Where masks go in a graph of layers, by Keras's rules.
 *
 * Source: `Layer.__call__` in keras/src/layers/layer.py; `call` in keras/src/layers/attention/multi_head_attention.py.
 */
export class MaskFlow {
  private readonly known = new Map<SymbolicTensor, MaskOrigin>();
  private readonly clearing: readonly string[];

  /** @param options `symbolic`: masks as they are while a model is built, when none is taken off */
  constructor({ symbolic = false }: { readonly symbolic?: boolean } = {}) {
    this.clearing = symbolic ? [] : CLEARING;
  }

  /** The mask that a tensor comes out of its layer with. */
  of(tensor: SymbolicTensor): MaskOrigin {
    const found = this.known.get(tensor);
    if (found !== undefined) return found;
    const origin = this.find(tensor);
    this.known.set(tensor, origin);
    return origin;
  }

  /** The mask that a tensor has when a layer is called with it. */
  at(tensor: SymbolicTensor, call: LayerCall): MaskOrigin {
    const origin = this.of(tensor);
    if (origin === null) return null;
    const clearing = sameTensor(tensor)
      .flatMap(({ same, sure }) => consumers(same).map(consumer => ({ consumer, sure })))
      .filter(({ consumer }) => consumer !== call && this.clearing.includes(consumer.outboundLayer.getClassName()));
    const before = clearing.filter(({ consumer }) => !dependsOn(consumer, call));
    if (before.some(({ consumer, sure }) => !sure || !dependsOn(call, consumer))) return 'unclear';
    return before.length > 0 ? null : origin;
  }

  private find(tensor: SymbolicTensor): MaskOrigin {
    const { sourceLayer: layer, inputs } = tensor;
    const className = layer.getClassName();
    const { returnSequences, places = [0] } = layer as unknown as Fields;
    if (className === 'InputLayer') return 'input';
    if (beginsMask(layer)) return layer;
    const seen = (input: SymbolicTensor): MaskOrigin => this.at(input, callOf(tensor));
    if (isModel(layer)) {
      const inner = this.of(layer.outputs[tensor.outputTensorIndex ?? 0]);
      return inner === 'input' ? together(inputs.map(seen)) : inner;
    }
    if (ATTENDING.includes(className)) return seen(inputs[places[0]]);
    if (MERGING.includes(className)) return together(inputs.map(seen));
    if (className === 'Concatenate') return inputs.every(input => seen(input) === null) ? null : 'unclear';
    if (inputs.length !== 1) return null;
    return passesMask(className) || returnSequences === true ? seen(inputs[0]) : null;
  }
}

/** Whose masks Keras hands to a layer, for its first input, as they are while a model is built. */
export function handedOrigins(layer: layers.Layer): ReadonlySet<MaskOrigin> {
  const flow = new MaskFlow({ symbolic: true });
  return new Set(callsOf(layer).map(call => flow.at(call.inputTensors[0], call)));
}

/** Whether Keras hands a layer no mask, whatever tfjs does. */
export const isUnmasked = (origins: ReadonlySet<MaskOrigin>): boolean => origins.size === 1 && origins.has(null);

/** What a merge makes of its inputs' masks: an example's step counts where one of them counts it, if all have one. */
function together(origins: readonly MaskOrigin[]): MaskOrigin {
  if (origins.includes(null)) return null;
  const [first] = origins;
  return origins.every(origin => origin === first) ? first : 'unclear';
}

/** What is one tensor with a given one in Keras: surely, or in inference mode alone. */
function sameTensor(tensor: SymbolicTensor): { readonly same: SymbolicTensor; readonly sure: boolean }[] {
  const found = new Map([[tensor, true]]);
  for (const [same, sure] of found) {
    const { sourceLayer, inputs } = same;
    const through = sameness(sourceLayer);
    if (through !== 'no' && !found.has(inputs[0])) found.set(inputs[0], sure && through === 'yes');
    for (const { outboundLayer, outputTensors } of consumers(same)) {
      const onward = sameness(outboundLayer);
      if (onward !== 'no' && !found.has(outputTensors[0])) found.set(outputTensors[0], sure && onward === 'yes');
    }
  }
  return [...found].map(([same, sure]) => ({ same, sure }));
}

/** Whether a call needs the results of another. */
function dependsOn(call: LayerCall, other: LayerCall): boolean {
  const met = new Set<LayerCall>([call]);
  for (const one of met) {
    for (const tensor of one.inputTensors) {
      const before = callOf(tensor);
      if (before === other) return true;
      if (before !== undefined && before !== one) met.add(before);
    }
  }
  return false;
}
