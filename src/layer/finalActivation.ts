import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { activityRegularizerOf } from './activityRegularizer.js';
import { isModel } from './innerLayers.js';
import { callOf, callsOf, consumers } from './layerCalls.js';
import { replace } from './replace.js';
import { sameness } from './sameness.js';
import { firstTensor } from './tfjsLayer.js';

/** Activations whose cross-entropy is computed from what goes into them. */
export type FinalActivation = 'softmax' | 'sigmoid';

/** The end of a model at one of its outputs, with the means to leave its activation out. */
export interface ModelEnd {
  readonly activation: FinalActivation;
  /** Lets the model give logits until the returned function is called. */
  skipActivation(): () => void;
}

interface Activation {
  getClassName(): string;
  apply(x: tf.Tensor): tf.Tensor;
}

const linear: Activation = { getClassName: () => 'linear', apply: x => x };

/** Layers that apply their activation last. */
const ACTIVATED = new Set(['Dense', 'EinsumDense', 'Activation', 'Conv1D', 'Conv2D', 'Conv3D']);

/**
 * The softmax (along the last axis) or sigmoid that a model ends in at one of its outputs, or null. Layers that pass on what they are given,
 * as dropout does in inference mode, may come after it: to Keras their output is the activation's own tensor, which has its logits.
 */
export function modelEnd(model: LayersModel, index: number, training: boolean): ModelEnd | null {
  const layer = lastLayer(model, index, training);
  if (layer === null) return null;
  const className = layer.getClassName();
  if (className === 'Softmax') {
    const { axis } = layer as unknown as { readonly axis: number };
    const { rank } = model.outputs[index];
    if (axis !== -1 && axis !== rank - 1) return null;
    return { activation: 'softmax', skipActivation: () => replace(layer, 'call', (x: unknown) => firstTensor(x)) };
  }
  const { activation } = layer as unknown as { readonly activation?: Activation };
  const name = activation?.getClassName();
  if (!ACTIVATED.has(className) || (name !== 'softmax' && name !== 'sigmoid')) return null;
  return { activation: name, skipActivation: () => replace(layer, 'activation', linear) };
}

/**
 * The last one that changes anything, in models within models, too. Null where its output counts elsewhere as well: in a second place of
 * use, on the way to another output, or for a penalty.
 */
function lastLayer(model: LayersModel, index: number, training: boolean): layers.Layer | null {
  let output = model.outputs[index];
  for (let isLast = true; ; isLast = false) {
    if (countsElsewhere(model, output, isLast)) return null;
    const layer = output.sourceLayer;
    const calls = callsOf(layer);
    // A model's first call is that of its own making.
    const isUsedOnce = calls.length === (isModel(layer) ? 2 : 1) && (isLast || layer.outboundNodes.length === 1);
    if (!isUsedOnce || activityRegularizerOf(layer) !== undefined) return null;
    if (isModel(layer)) return lastLayer(layer, output.outputTensorIndex ?? 0, training);
    const same = sameness(layer);
    if (same === 'no' || (same === 'in inference' && training)) return layer;
    [output] = callOf(output).inputTensors;
  }
}

/** Whether a tensor is another output of its model, too, or leads to one. */
function countsElsewhere({ outputs, layers }: LayersModel, tensor: SymbolicTensor, isOutput: boolean): boolean {
  if (outputs.length === 1) return false;
  const places = outputs.filter(output => output === tensor).length;
  return (
    places > (isOutput ? 1 : 0) ||
    (isOutput && consumers(tensor).some(({ outboundLayer }) => layers.includes(outboundLayer)))
  );
}
