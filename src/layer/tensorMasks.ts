import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { Bidirectional, withoutMasked } from './bidirectional.js';
import { innerLayers, isModel } from './innerLayers.js';
import { maskSource } from './maskSource.js';
import { type Mask, outputMasks } from './outputMasks.js';
import { beginsMask } from './passesMask.js';
import { replace } from './replace.js';
import type { CallOptions } from './tfjsLayer.js';

/**
 * Which mask each tensor in a model's call has, by Keras's rules. tfjs hands the latest mask to all layers that follow, and none out of
 * a model in the model; layers that are lent to this get that of their first input.
 */
export class TensorMasks {
  private readonly known = new Map<number, tf.Tensor>();
  private readonly kept: tf.Tensor[] = [];
  private readonly inModels: ReadonlySet<layers.Layer>;

  private constructor(private readonly model: LayersModel) {
    // What is in a wrapper gets the wrapper's masks.
    const models = innerLayers(model).flatMap(({ layer }) => (isModel(layer) ? [layer] : []));
    this.inModels = new Set(models.flatMap(one => [one, ...one.layers]));
  }

  /** Null where no mask begins in the model. */
  static of(model: LayersModel): TensorMasks | null {
    return innerLayers(model).some(({ layer }) => beginsMask(layer)) ? new TensorMasks(model) : null;
  }

  /** Lends a layer its masks until the returned function is called. */
  lend(layer: layers.Layer): () => void {
    if (!this.inModels.has(layer)) return () => undefined;
    const call = layer.call.bind(layer);
    const begin = beginsMask(layer) ? layer.computeMask.bind(layer) : null;
    const lent = (inputs: tf.Tensor | tf.Tensor[], { mask: _, ...options }: CallOptions) => {
      const list = [inputs].flat();
      const masks = list.map(x => this.of(x));
      const [mask] = masks;
      const made = call(inputs, mask === null ? options : { ...options, mask });
      const given = mask !== null && isTfjsBidirectional(layer) ? withoutMasked(layer, made, mask) : made;
      const outputs = [given].flat();
      const found = this.found(layer, { inputs: list, masks, outputs, begin });
      // tfjs copies what a layer gives back as it is: the copy has to be known.
      const shown = outputs.map(output => (list.includes(output) ? tf.clone(output) : output));
      for (const [i, output] of shown.entries()) this.remember(output, found[i] ?? null);
      return Array.isArray(given) ? shown : shown[0];
    };
    const undo = [replace(layer, 'call', lent), ...(begin === null ? [] : [replace(layer, 'computeMask', () => null)])];
    return () => {
      for (const restore of undo) restore();
    };
  }

  /** The mask that one of the model's outputs comes out with; null where that depends on more than the graph. */
  ofOutput(output: tf.Tensor, index: number): tf.Tensor2D | null {
    const mask = maskSource(this.model, index) === null ? null : this.of(output);
    return mask === null ? null : tf.clone(mask as tf.Tensor2D);
  }

  dispose(): void {
    tf.dispose(this.kept);
  }

  private found(layer: layers.Layer, { inputs, masks, outputs, begin }: Called): readonly Mask[] {
    if (isModel(layer)) return outputs.map(output => this.of(output));
    return begin === null ? outputMasks(layer, { inputs, masks }) : [begin(inputs[0])];
  }

  private of({ id }: tf.Tensor): Mask {
    return this.known.get(id) ?? null;
  }

  private remember({ id }: tf.Tensor, mask: Mask): void {
    if (mask === null) return;
    // The model's own tidy would dispose it.
    this.kept.push(tf.keep(mask));
    this.known.set(id, mask);
  }
}

interface Called {
  readonly inputs: readonly tf.Tensor[];
  readonly masks: readonly Mask[];
  readonly outputs: readonly tf.Tensor[];
  readonly begin: ((x: tf.Tensor) => tf.Tensor) | null;
}

const isTfjsBidirectional = (layer: layers.Layer): boolean =>
  layer.getClassName() === 'Bidirectional' && !(layer instanceof Bidirectional);
