import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../../error/invalidArgumentError.js';
import { UnsupportedModelError } from '../../error/unsupportedModelError.js';
import { AttentionLayer } from '../../layer/attentionLayer.js';
import { hasMaskBefore, maskedRoles } from '../../layer/attentionMasks.js';
import { innerLayers, isModel } from '../../layer/innerLayers.js';
import { callsOf, type LayerCall } from '../../layer/layerCalls.js';
import { MaskFlow, type MaskOrigin } from '../../layer/maskFlow.js';
import { beginsMask } from '../../layer/passesMask.js';
import { configLayers, isModelClass, type KerasObject, layerName } from './kerasConfig.js';
import { isOperation } from './operations.js';
import { isRecurrent } from './refuseMasks.js';

interface File {
  /** Begins messages. */
  readonly origin: string;
  /** Whether Keras 3 or later computes it: masks act in attention otherwise since. */
  readonly keras3: boolean;
  /** Layers that stand for an operation, by name: those end masks in Keras. */
  readonly operations: ReadonlySet<string>;
}

/**
 * @throws UnsupportedModelError where attention, a recurrent layer, a mean of sequences or the loss gets another mask in Keras than here
 */
export function refuseGraphMasks(model: LayersModel, { origin, keras3, operations }: File): void {
  const all = innerLayers(model).map(({ layer }) => layer);
  const takers = all.filter(layer => layer instanceof AttentionLayer || isMean(layer) || isRecurrentLayer(layer));
  // At the output a mask counts in the loss.
  const reachesEnd = model.outputs.some(output => isMask(new MaskFlow().of(output)));
  if ((takers.length === 0 && !reachesEnd) || !all.some(beginsMask)) return;
  const refuse = (layer: layers.Layer, problem: string): never => {
    throw new UnsupportedModelError(`${origin}: ${layer.getClassName()} '${layer.name}': ${problem}.`);
  };
  for (const layer of all) {
    if (operations.has(layer.name) && outputMasks(layer).some(isMask)) {
      refuse(layer, 'an operation of keras.ops ends the mask that it gets; the layer in its place would hand it on');
    }
    if (isModel(layer) && hasAttention(layer) && inputMasks(layer).some(isMask)) {
      refuse(layer, 'it gets a mask, and there is attention in it; build it of layers, not of models');
    }
    if (isRecurrentLayer(layer) && callsOf(layer).some(getsOthersMask)) {
      refuse(layer, 'it gets no mask in Keras, while tfjs would hand that of another layer on');
    }
    if (isMean(layer) && symbolicMasks(layer).includes('unclear')) {
      refuse(layer, 'its mask is that of several layers');
    }
    if (layer instanceof AttentionLayer && masked(layer, origin).includes(true) && !keras3) {
      refuse(layer, 'it has a mask, which does otherwise before Keras 3; save the model with Keras 3');
    }
  }
}

/** Names of the operations in a model's config, at any depth. */
export const operationNames = (model: KerasObject): string[] =>
  configLayers(model).flatMap(layer =>
    isModelClass(layer.class_name) ? operationNames(layer) : isOperation(layer) ? [layerName(layer)] : [],
  );

function masked(layer: AttentionLayer, origin: string): readonly boolean[] {
  try {
    return maskedRoles(layer);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UnsupportedModelError(`${origin}: ${error.message}`, { cause: error });
  }
}

const isMean = (layer: layers.Layer): boolean => layer.getClassName() === 'GlobalAveragePooling1D';
const hasAttention = (model: LayersModel): boolean =>
  innerLayers(model).some(({ layer }) => layer instanceof AttentionLayer);
const isRecurrentLayer = (layer: layers.Layer): boolean => isRecurrent({ class_name: layer.getClassName() });
const isMask = (origin: MaskOrigin): boolean => origin !== null && origin !== 'input';

const outputMasks = (layer: layers.Layer): MaskOrigin[] => {
  const flow = new MaskFlow();
  return callsOf(layer).flatMap(({ outputTensors }) => outputTensors.map(tensor => flow.of(tensor)));
};

const inputMasks = (layer: layers.Layer, flow = new MaskFlow()): MaskOrigin[] =>
  callsOf(layer).flatMap(call => call.inputTensors.map(tensor => flow.at(tensor, call)));

/** tfjs hands a mask to all layers that follow. */
const getsOthersMask = (call: LayerCall): boolean =>
  hasMaskBefore(call) &&
  [null, 'unclear'].includes(new MaskFlow({ symbolic: true }).at(call.inputTensors[0], call) as null);

const symbolicMasks = (layer: layers.Layer): MaskOrigin[] => inputMasks(layer, new MaskFlow({ symbolic: true }));
