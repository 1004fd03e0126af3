import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A call of a layer, which tfjs's types hide. */
export interface Call {
  readonly outboundLayer: layers.Layer;
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/** The calls of a layer, in the order in which they were made. */
export const callsOf = ({ inboundNodes }: layers.Layer): readonly Call[] => inboundNodes as unknown as readonly Call[];

/** The call that a tensor came out of. */
export const callOf = ({ sourceLayer, nodeIndex }: SymbolicTensor): Call => callsOf(sourceLayer)[nodeIndex];

/** The calls that a tensor goes into. */
export const consumers = (tensor: SymbolicTensor): Call[] =>
  (tensor.sourceLayer.outboundNodes as unknown as Call[]).filter(({ inputTensors }) => inputTensors.includes(tensor));
