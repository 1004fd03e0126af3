import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Observable } from 'rxjs';
import { type Effect, reportProblem, sideEffect } from '../operators/internal/sideEffect.js';
import { hostValues } from '../src/augment/hostValues.js';
import type { Batch } from '../src/data/batch.js';
import { checkOptions } from '../src/error/checkOptions.js';
import { InvalidArgumentError } from '../src/error/invalidArgumentError.js';
import { createLearner } from '../src/learner/createLearner.js';
import type { Learner, ModelOutput } from '../src/learner/learner.js';
import { type InferenceOptions, onePass } from './onePass.js';

/** What `predict` takes: a learner, or a model that none has. */
export type PredictOptions =
  | InferenceOptions
  | (Pick<InferenceOptions, 'data'> & {
      /** Compiled anew for each subscription: for many of them make one learner. */
      readonly model: LayersModel;
    });

const OPTIONS = { learner: true, model: true, data: true } as const;

/** What a learner makes of one batch. */
export interface Prediction {
  /** `[size, ...outputShape]`; of several outputs the first, with the others by their names as `aux`. */
  readonly output: ModelOutput;
  /** What it was made of: rows of a source, or values with their labels. */
  readonly batch: Batch;
}

/**
 * What a learner makes of each batch of a source, in its order, in inference mode. Inputs are scaled as in training.
 *
 * ```
 * predict({ learner, data }): -a-b-c-|     one for each batch
 * ```
 *
 * Cold: each subscription goes through the source once. Unsubscribing ends it after the running batch. It may be subscribed in the
 * middle of a run with the same learner, to look at the predictions after each epoch.
 *
 * *Backpressure:* the next batches are prepared while one is computed; the observer is not waited for.
 *
 * *Errors:* of the source, an operator or the learner; DataExhaustedError where there is no batch; ModelInUseError where a learner has the
 * model.
 *
 * ## Example
 * ```ts
 * import { batch } from 'gradstream/operators';
 * import { predict } from 'gradstream/pipelines';
 * import { arraySource, fakeLearner } from 'gradstream/testing';
 *
 * const data = { source: arraySource({ size: 100 }), through: batch(50) };
 * predict({ learner: fakeLearner(), data }).subscribe(({ output }) => console.log(output.shape)); // [50, 1], twice
 * ```
 *
 * Of several outputs the others are in `output.aux`, by the names of their layers; of a custom learner's `predictStep` that returns tensors by
 * name, all of them.
 *
 * With `{ model, data }` it predicts by a model that no learner has, one of `loadModel` say. Class numbers of an output:
 * `tf.tidy(() => tf.argMax(tf.tensor(output.data, [...output.shape]), -1).dataSync())`. Rows of the pictures of a folder or list are in
 * the order of its `files` or `filenames`.
 *
 * @param options learner or model, and data.
 * @returns The output of each batch, beside the batch.
 *
 * Source: `Model.predict` of Keras 3.
 */
export function predict(options: PredictOptions): Observable<Prediction> {
  checkOptions('predict', options, OPTIONS);
  const { data } = options;
  if ('model' in options && 'learner' in options) {
    throw new InvalidArgumentError("predict takes 'learner' or 'model', and both were given: leave one of them out.");
  }
  const learner = 'model' in options ? () => learnerOf(options.model) : options.learner;
  const predictions$ = onePass({ learner, data }, async (learner, batch): Promise<Prediction> => {
    const { x, aux } = hostValues(batch);
    return { output: await learner.predict(x, aux?.inputs), batch };
  });
  return predictions$.pipe(sideEffect('predict', tellWarnings));
}

/** Each once. */
function tellWarnings(): Effect<Prediction> {
  const told = new Set<string>();
  return {
    next({ output: { warnings = [] } }) {
      for (const { code, message } of warnings) {
        if (!told.has(code)) reportProblem('predict', message);
        told.add(code);
      }
    },
  };
}

/** One that predicts alone: optimizer and loss don't matter. */
const learnerOf = (model: LayersModel): Learner =>
  createLearner({ model, optimizer: 'sgd', loss: 'mean_squared_error' });
