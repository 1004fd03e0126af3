import * as tf from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { innerLayers, type PlacedLayer } from '../layer/innerLayers.js';
import { uselessBiases } from '../layer/uselessBiases.js';
import { uniqueName } from '../text/uniqueName.js';

/** One weight of a model: `dense/kernel`, its variable, and whether training changes it. */
export interface ModelVariable {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly trainable: boolean;
  /** False where its gradient is 0 whatever the weights are: for a bias that a batch normalization takes off again. */
  readonly hasGradient: boolean;
  /** What the layer wants done to the weight after each update (a tfjs constraint), if anything. */
  readonly constrain: ((value: tf.Tensor) => tf.Tensor) | undefined;
}

/** All weights of a model, layer by layer, with names that are unique in it. */
export function modelVariables(model: LayersModel): ModelVariable[] {
  const placed = innerLayers(model);
  const useless = new Set<object>(uselessBiases(placed));
  const frozen = frozenWeights(placed);
  const names = new Set<string>();
  const seen = new Set<object>();
  const found: ModelVariable[] = [];
  for (const layer of model.layers) {
    for (const weight of layer.weights) {
      if (seen.has(weight)) continue;
      seen.add(weight);
      const { constraint } = weight;
      found.push({
        name: uniqueName(`${layer.name}/${weight.originalName.split('/').at(-1)}`, names),
        variable: weight.read() as tf.Variable,
        trainable: weight.trainable && !frozen.has(weight),
        hasGradient: !useless.has(weight),
        constrain: constraint == null ? undefined : value => constraint.apply(value),
      });
    }
  }
  return found;
}

/**
 * All weights of a model, or a variable as one.
 *
 * @param place of it among those given
 * @throws InvalidArgumentError where it is neither
 */
export function variablesOf(one: LayersModel | tf.Variable, place: number): readonly ModelVariable[] {
  if (one instanceof LayersModel) return modelVariables(one);
  if (one instanceof tf.Variable) {
    const { name, trainable } = one;
    return [{ name, variable: one, trainable, hasGradient: true, constrain: undefined }];
  }
  throw new InvalidArgumentError(
    `Models and variables are wanted; number ${place} of those given is neither. Of a layer's weight take 'weight.read()'.`,
  );
}

/** Weights that training doesn't change, moving statistics among them. */
export const frozenWeights = (placed: readonly PlacedLayer[]): ReadonlySet<object> =>
  new Set<object>(placed.filter(({ trainable }) => !trainable).flatMap(({ layer }) => layer.weights));
