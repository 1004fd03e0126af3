import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A call of a layer, which tfjs's types hide. */
export interface LayerCall {
  readonly outboundLayer: layers.Layer;
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/** The calls of a layer, in the order in which they were made. */
export const callsOf = ({ inboundNodes }: layers.Layer): readonly LayerCall[] =>
  inboundNodes as unknown as readonly LayerCall[];

/** The call that a tensor came out of. */
export const callOf = ({ sourceLayer, nodeIndex }: SymbolicTensor): LayerCall => callsOf(sourceLayer)[nodeIndex];

/** The calls that a tensor goes into. */
export const consumers = (tensor: SymbolicTensor): LayerCall[] =>
  (tensor.sourceLayer.outboundNodes as unknown as LayerCall[]).filter(({ inputTensors }) =>
    inputTensors.includes(tensor),
  );
