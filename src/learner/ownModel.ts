import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { GradstreamError } from '../error/gradstreamError.js';
import { innerLayers } from '../layer/innerLayers.js';
import { frozenWeights } from './modelVariables.js';

/** What brings the weights of a model's learner into the model. */
const owned = new WeakMap<LayersModel, () => Promise<void>>();

/** That a model with a learner has a weight, and whether training may change it. */
interface Claim {
  readonly model: LayersModel;
  readonly changes: boolean;
}

const claims = new WeakMap<tf.Variable, Set<Claim>>();

/** Two learners would overwrite each other's weights without knowing. */
export class ModelInUseError extends GradstreamError {
  constructor(model: LayersModel, sharing?: LayersModel) {
    super(
      sharing === undefined
        ? `The model '${model.name}' belongs to another learner, which owns its weights. ` +
            "Dispose that learner first ('await learner.dispose()'), wait for the end of the run that made it, or build a model of " +
            'its own for each. Several subscribers of one run share it by `share()`.'
        : `The model '${model.name}' shares weights with the model '${sharing.name}', which belongs to another learner: what one ` +
            "trains the other wouldn't see, and would overwrite. Dispose that learner first ('await learner.dispose()'), or freeze " +
            "the layers in both models ('layer.trainable = false').",
    );
  }
}

/**
 * Marks models, which may have layers in common, as owned by a learner that brings its weights into them by `sync`; the returned
 * function releases them.
 */
export function ownModels(models: readonly LayersModel[], sync: () => Promise<void>): () => void {
  const own = models.map(claimsOf);
  for (const [i, model] of models.entries()) {
    if (owned.has(model)) throw new ModelInUseError(model);
    for (const [variable, { changes }] of own[i]) {
      for (const other of claims.get(variable) ?? []) {
        if (changes || other.changes) throw new ModelInUseError(model, other.model);
      }
    }
  }
  for (const model of models) owned.set(model, sync);
  const claimed = own.flatMap(ofModel => [...ofModel]);
  for (const [variable, claim] of claimed) claims.set(variable, new Set(claims.get(variable)).add(claim));
  return () => {
    for (const model of models) owned.delete(model);
    for (const [variable, claim] of claimed) claims.get(variable)?.delete(claim);
  };
}

/** Moving statistics change, too, where their layer isn't frozen. */
function claimsOf(model: LayersModel): ReadonlyMap<tf.Variable, Claim> {
  const frozen = frozenWeights(innerLayers(model));
  const weights = model.layers.flatMap(layer => layer.weights);
  return new Map(weights.map(weight => [weight.read() as tf.Variable, { model, changes: !frozen.has(weight) }]));
}

/** Brings the weights of the learner that a model belongs to into the model, if there is one. */
export const syncModel = async (model: LayersModel): Promise<void> => owned.get(model)?.();
