import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { inFloat32 } from '../graph/inFloat32.js';
import { stopGradient } from '../graph/stopGradient.js';
import { activityRegularizerOf } from './activityRegularizer.js';
import { AttentionLayer } from './attentionLayer.js';
import { normalizeByMoving, normalizesVolumes } from './batchNormalization.js';
import { type ModelEnd, modelEnd } from './finalActivation.js';
import { innerLayers, type PlacedLayer } from './innerLayers.js';
import { orderSharedCalls } from './orderSharedCalls.js';
import { refuseStates } from './refuseStates.js';
import { hasRepeatedInputs, inferring } from './repeatedInputs.js';
import { replace } from './replace.js';
import { type Seed, seedOfDraw } from './seed.js';
import { type Draws, Shards } from './shards.js';
import { keepMask } from './statelessRandom.js';
import { TensorMasks } from './tensorMasks.js';
import { type CallOptions, firstTensor, type LayerWeight } from './tfjsLayer.js';
import { trainingCalls } from './trainingCalls.js';
import { uselessBiases } from './uselessBiases.js';
import { weightPenalty } from './weightPenalty.js';

export type { Seed } from './seed.js';

export interface ApplyOptions {
  readonly training: boolean;
  /** Needed for layers that are random in training mode. */
  readonly seed: Seed | null;
}

/** What comes out of a model at one of its outputs. */
export interface AppliedOutput {
  readonly output: tf.Tensor;
  /** What went into the softmax along the last axis that the model ends in; null where it doesn't. */
  readonly logits: tf.Tensor | null;
  /** What went into the sigmoid that the model ends in; null where it doesn't. */
  readonly logOdds: tf.Tensor | null;
  /** Which steps of sequences count, `[batch, steps]`, where a mask reaches the output; else null. */
  readonly mask: tf.Tensor2D | null;
}

/** The first output of a model, and what comes with it. */
export interface Applied extends AppliedOutput {
  /** In the model's order. */
  readonly furtherOutputs: readonly AppliedOutput[];
  /** Weight and activity regularizers, summed; null where there are none. */
  readonly penalty: tf.Scalar | null;
}

/**
 * What a tfjs model makes of `x`, or of its several inputs in its order, in training mode by Keras 3's rules. Everything is made of
 * tfjs operations that can be traced and have gradients; in training mode moving statistics are updated. The model's layers
 * are lent other methods for the length of the call and are as before afterwards, whatever happens.
 *
 * @throws InvalidArgumentError where a layer needs random numbers and there is no seed
 */
export function applyModel(
  model: LayersModel,
  x: tf.Tensor | readonly tf.Tensor[],
  { training, seed }: ApplyOptions,
): Applied {
  const inputs = x instanceof tf.Tensor ? [x] : x;
  const undo: (() => void)[] = [];
  const activity: tf.Scalar[] = [];
  const draws: Draws = { count: 0 };
  const nextSeed = (): Seed => {
    if (seed === null) {
      throw new InvalidArgumentError(`The model '${model.name}' has random layers: training mode needs a seed.`);
    }
    return seedOfDraw(seed, draws.count++);
  };
  const shards = Shards.of(model, inputs, draws);
  const masks = TensorMasks.of(model);
  try {
    const all = innerLayers(model);
    for (const { layer } of all) refuseStates(layer);
    if (training) undo.push(...uselessBiases(all).map(withoutGradient));
    for (const placed of all) {
      if (training) undo.push(...useTrainingCall(placed, nextSeed), ...orderSharedCalls(placed.layer));
      else if (normalizesVolumes(placed.layer)) undo.push(useMovingStatistics(placed.layer));
      const regularizer = activityRegularizerOf(placed.layer);
      if (regularizer === undefined) continue;
      undo.push(
        afterCall(placed.layer, output => {
          // The model's own tidy would dispose it.
          activity.push(
            tf.keep(tf.tidy(() => tf.div(regularizer(inFloat32(output)), output.shape[0] ?? 1)) as tf.Scalar),
          );
        }),
      );
    }
    const ends = model.outputs.map((_, index) => modelEnd(model, index, training));
    for (const end of ends) if (end !== null) undo.push(end.skipActivation());
    // Last, around all other lent calls: where there are masks, there are no shards.
    if (masks !== null) undo.push(...all.map(({ layer }) => masks.lend(layer)));
    if (shards !== null) undo.push(...all.map(placed => shards.lend(placed)));
    const keepsAll = !training && hasRepeatedInputs(all);
    if (keepsAll) undo.push(...inferring(all));
    const results = [model.apply(inputs.length === 1 ? inputs[0] : [...inputs], { training: training || keepsAll })];
    const [first, ...furtherOutputs] = (results.flat() as tf.Tensor[]).map((result, index) => ({
      ...activated(result, ends[index]),
      mask: masks?.ofOutput(result, index) ?? null,
    }));
    return { ...first, furtherOutputs, penalty: sum([weightPenalty(model), ...activity]) };
  } finally {
    for (const restore of undo.reverse()) restore();
    tf.dispose(activity);
    masks?.dispose();
    shards?.dispose();
  }
}

function activated(result: tf.Tensor, end: ModelEnd | null): Omit<AppliedOutput, 'mask'> {
  switch (end?.activation) {
    case 'softmax':
      return { output: tf.softmax(result), logits: result, logOdds: null };
    case 'sigmoid':
      return { output: tf.sigmoid(result), logits: null, logOdds: result };
    default:
      return { output: result, logits: null, logOdds: null };
  }
}

function useTrainingCall({ layer, trainable }: PlacedLayer, nextSeed: () => Seed): (() => void)[] {
  if (isRecurrentCell(layer)) return [useStatelessMasks(layer, nextSeed)];
  if (layer instanceof AttentionLayer) return [useStatelessDropout(layer, nextSeed)];
  const className = layer.getClassName();
  if (!Object.hasOwn(trainingCalls, className)) return [];
  const call = layer.call.bind(layer);
  const plainly = (x: tf.Tensor): tf.Tensor => call(x, { training: false }) as tf.Tensor;
  const lent = (inputs: unknown, kwargs: CallOptions): tf.Tensor | tf.Tensor[] => {
    if (kwargs.training !== true) return call(inputs as tf.Tensor, kwargs);
    const mask = kwargs.mask == null ? null : firstTensor(kwargs.mask);
    return tf.tidy(() => trainingCalls[className](layer, firstTensor(inputs), { trainable, nextSeed, plainly, mask }));
  };
  return [replace(layer, 'call', lent)];
}

const useMovingStatistics = (layer: layers.Layer): (() => void) =>
  replace(layer, 'call', (inputs: unknown) => tf.tidy(() => normalizeByMoving(layer, firstTensor(inputs))));

function withoutGradient(bias: LayerWeight): () => void {
  const read = bias.read.bind(bias);
  return replace(bias, 'read', () => stopGradient(read()));
}

/** Cells of recurrent layers draw their masks by a function that can be handed in, and keep them until the next call. */
interface RecurrentCell {
  readonly dropout: number;
  readonly recurrentDropout: number;
  dropoutMask: tf.Tensor | tf.Tensor[] | null;
  recurrentDropoutMask: tf.Tensor | tf.Tensor[] | null;
}

const isRecurrentCell = (layer: layers.Layer): layer is layers.Layer & RecurrentCell =>
  'recurrentDropout' in layer && 'recurrentDropoutMask' in layer;

function useStatelessMasks(cell: layers.Layer & RecurrentCell, nextSeed: () => Seed): () => void {
  const restore = useStatelessDropout(cell, nextSeed);
  return () => {
    restore();
    for (const key of ['dropoutMask', 'recurrentDropoutMask'] as const) {
      if (cell[key] != null) tf.dispose(cell[key]);
      cell[key] = null;
    }
  };
}

/** Of a layer that drops by a function that can be handed in. */
const useStatelessDropout = (layer: layers.Layer, nextSeed: () => Seed): (() => void) =>
  replace(layer, 'dropoutFunc', (x: tf.Tensor, rate: number) => tf.mul(x, keepMask(x.shape, rate, nextSeed())));

function afterCall(layer: layers.Layer, then: (output: tf.Tensor) => void): () => void {
  const call = layer.call.bind(layer);
  return replace(layer, 'call', (inputs: tf.Tensor | tf.Tensor[], kwargs: object) => {
    const output = call(inputs, kwargs);
    then(firstTensor(output));
    return output;
  });
}

function sum(penalties: readonly (tf.Scalar | null)[]): tf.Scalar | null {
  const present = penalties.filter(penalty => penalty !== null);
  if (present.length === 0) return null;
  return (present.length === 1 ? tf.clone(present[0]) : tf.addN(present)) as tf.Scalar;
}
