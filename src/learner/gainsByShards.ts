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
 * Weights of dense layers and embeddings. Each shard makes a gradient of their size, which costs what its convolutions gain: of two
 * networks that differ in nothing else the one with 4 million in a dense layer gains 8 %, that with 8 million loses 6 %.
 */
const HEAVY = 2 ** 22;

/**
 * Whether a model is known to be quicker in shards, on two threads. With AVX-512 the MLP, the CNN and the ResNets are; with AVX2
 * convolutions are by a tenth, batch normalizations slow them down as much, and dense layers alone gain nothing.
 */
export function gainsByShards(model: LayersModel, vectors: Vectors): boolean {
  const all = innerLayers(model);
  const named = (...names: readonly string[]) =>
    all.filter(({ layer }) => names.some(name => layer.getClassName().includes(name)));
  const normalizations = named('BatchNormalization');
  if (vectors === 'avx512') return !normalizations.some(({ layer }) => normalizesLarge(layer));
  const convolves = named('Conv').length > 0;
  const heavy = named('Dense', 'Embedding').filter(({ trainable }) => trainable);
  const weights = heavy.reduce((sum, { layer }) => sum + layer.countParams(), 0);
  return vectors === 'avx2' && convolves && normalizations.length === 0 && weights <= HEAVY;
}

/** An axis of any size counts as a long one. */
const normalizesLarge = (layer: layers.Layer): boolean =>
  layer.inboundNodes
    .flatMap(({ inputTensors }) => inputTensors)
    .some(({ shape: [, ...dims] }) => sizeOf(dims.map(dim => dim ?? LARGE)) > LARGE);
