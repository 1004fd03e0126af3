import type { LayersModel } from '@tensorflow/tfjs-layers';
import { GradstreamError } from '../error/gradstreamError.js';

/** What brings the weights of a model's learner into the model. */
const owned = new WeakMap<LayersModel, () => Promise<void>>();

/** Two learners would overwrite each other's weights without knowing. */
export class ModelInUseError extends GradstreamError {
  constructor(model: LayersModel) {
    super(
      `The model '${model.name}' belongs to another learner, which owns its weights. ` +
        "Dispose that learner first ('await learner.dispose()'), wait for the end of the run that made it, or build a model of " +
        'its own for each. Several subscribers of one run share it by `share()`.',
    );
  }
}

/** Marks a model as owned by a learner that brings its weights into it by `sync`; the returned function releases it. */
export function ownModel(model: LayersModel, sync: () => Promise<void>): () => void {
  if (owned.has(model)) throw new ModelInUseError(model);
  owned.set(model, sync);
  return () => owned.delete(model);
}

/** Brings the weights of the learner that a model belongs to into the model, if there is one. */
export const syncModel = async (model: LayersModel): Promise<void> => owned.get(model)?.();
