import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { activityRegularizerOf } from './activityRegularizer.js';
import { isAlongLastAxis, isNormalizing } from './batchNormalization.js';
import { isModel, type PlacedLayer } from './innerLayers.js';
import type { LayerWeight } from './tfjsLayer.js';

/** What this needs of tfjs's classes, which their types hide. */
interface Biased {
  readonly bias: LayerWeight | null;
  readonly biasRegularizer?: unknown;
  readonly activation?: { getClassName(): string } | null;
  readonly dataFormat?: string;
}

/** Layers that add their bias last, one number for each place of the last axis. */
const BIASED: readonly string[] = [
  ...['CausalConv1D', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'Conv3D', 'Dense', 'DepthwiseConv2D', 'GroupedConv2D'],
  ...['Conv1DTranspose', 'DepthwiseConv1D', 'DilatedDepthwiseConv2D', 'GroupedConv1D'],
  ...['SeparableConv1D', 'SeparableConv2D'],
];

/**
 * Biases that a batch normalization takes off again: in training mode nothing depends on them, so their gradient is 0. What is
 * computed of it is rounding noise, of which an optimizer such as Adam would make full steps.
 */
export function uselessBiases(placed: readonly PlacedLayer[]): LayerWeight[] {
  const normalizing = new Set(placed.filter(takesBiasOff).map(({ layer }) => layer));
  const outputs = new Set(placed.flatMap(({ layer }) => (isModel(layer) ? layer.outputs : [])));
  return placed
    .filter(({ layer }) => isNormalized(layer, normalizing, outputs))
    .map(({ layer }) => (layer as unknown as Biased).bias as LayerWeight);
}

/** A frozen one subtracts numbers that don't depend on the bias. */
const takesBiasOff = (placed: PlacedLayer): boolean => isNormalizing(placed) && isAlongLastAxis(placed.layer);

function isNormalized(
  layer: layers.Layer,
  normalizing: ReadonlySet<layers.Layer>,
  outputs: ReadonlySet<SymbolicTensor>,
): boolean {
  const { bias, biasRegularizer, activation, dataFormat } = layer as unknown as Biased;
  if (!BIASED.includes(layer.getClassName()) || bias == null || biasRegularizer != null) return false;
  if (dataFormat === 'channelsFirst' || activityRegularizerOf(layer) !== undefined) return false;
  if (activation != null && activation.getClassName() !== 'linear') return false;
  return (
    layer.outboundNodes.length > 0 &&
    layer.outboundNodes.every(({ outboundLayer }) => normalizing.has(outboundLayer)) &&
    layer.inboundNodes.every(({ outputTensors }) => !outputTensors.some(tensor => outputs.has(tensor)))
  );
}
