import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { ATTENDING, MERGING, passesMask } from './passesMask.js';

/** Which steps of a tensor count, `[batch, steps]`, bool; null where all do. */
export type Mask = tf.Tensor | null;

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly axis: number;
  readonly mergeMode?: string | null;
  readonly returnSequences?: boolean;
  /** An attention's places among its inputs. */
  readonly places?: readonly number[];
}

interface Given {
  readonly inputs: readonly tf.Tensor[];
  /** One for each input. */
  readonly masks: readonly Mask[];
}

/**
 * Masks of what comes out of a layer in which none begins, in the order of its outputs, by Keras's rules; outputs beyond the list have none.
 *
 * Source: `compute_mask` of the layers in keras/src/layers.
 */
export function outputMasks(layer: layers.Layer, { inputs, masks }: Given): readonly Mask[] {
  const className = layer.getClassName();
  const { axis, mergeMode, returnSequences, places = [0] } = layer as unknown as Fields;
  if (masks.every(mask => mask === null)) return [];
  if (ATTENDING.includes(className)) return [masks[places[0]]];
  if (MERGING.includes(className)) return [merged(masks)];
  if (className === 'Concatenate') return [concatenated(inputs, masks, axis)];
  if (className === 'Bidirectional') return returnSequences ? [masks[0], ...(mergeMode == null ? [masks[0]] : [])] : [];
  if (passesMask(className) || returnSequences === true) return [masks[0]];
  if (returnSequences === false || !mayBeOwn(layer)) return [];
  return [layer.computeMask([...inputs], [...masks] as tf.Tensor[])].flat();
}

/** A step counts where one of the masks counts it, if all inputs have one. */
const merged = (masks: readonly Mask[]): Mask =>
  masks.includes(null) ? null : (masks as readonly tf.Tensor[]).reduce((a, b) => tf.logicalOr(a, b));

function concatenated(inputs: readonly tf.Tensor[], masks: readonly Mask[], axis: number): tf.Tensor {
  const whole = inputs.map((x, i) => {
    const ones = tf.ones(x.shape, 'bool');
    const mask = masks[i];
    return mask === null ? ones : tf.logicalAnd(tf.expandDims(mask, -1), ones);
  });
  return tf.any(tf.concat(whole, axis), -1);
}

/** Whether a layer may be of a class of somebody's own that says what becomes of masks. tfjs's own ones have been told above. */
const mayBeOwn = (layer: layers.Layer): boolean => layer.supportsMasking && layer.getClassName() !== 'Normalization';
