import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { innerLayers } from '../layer/innerLayers.js';
import type { Vectors } from '../native/processor.js';

/**
 * Numbers of an example that batch normalization takes: with more, parts of usual batches outgrow a core's cache, and normalizing them
 * together, which reads them twice as often, costs what shards gain. ResNet20 has half of it and gains, ResNet29 v2 twice and loses.
 */
const LARGE = 2 ** 15;
/**
 * Weights of dense layers. Each shard reads them all and makes a gradient of their size, which costs what its convolutions gain: of
 * two networks that differ in nothing else the one with 4 million gains 8 %, that with 8 million loses 6 %.
 */
const HEAVY = 2 ** 22;

/**
 * Whether a model is known to be quicker in shards, on two threads. With AVX-512 the MLP, the CNN and the ResNets are; with AVX2
 * convolutions are by a tenth, batch normalizations slow them down as much, and dense layers alone gain nothing.
 */
export function gainsByShards(model: LayersModel, vectors: Vectors): boolean {
  const all = innerLayers(model).map(({ layer }) => layer);
  const normalizations = all.filter(layer => layer.getClassName() === 'BatchNormalization');
  if (vectors === 'avx512') return !normalizations.some(normalizesLarge);
  const convolves = all.some(layer => layer.getClassName().includes('Conv'));
  return vectors === 'avx2' && convolves && normalizations.length === 0 && denseWeights(all) <= HEAVY;
}

/** An axis of any size counts as a long one. */
const normalizesLarge = (layer: layers.Layer): boolean =>
  layer.inboundNodes
    .flatMap(({ inputTensors }) => inputTensors)
    .some(({ shape: [, ...dims] }) => sizeOf(dims.map(dim => dim ?? LARGE)) > LARGE);

const denseWeights = (all: readonly layers.Layer[]): number =>
  all.filter(layer => layer.getClassName().includes('Dense')).reduce((sum, layer) => sum + layer.countParams(), 0);
