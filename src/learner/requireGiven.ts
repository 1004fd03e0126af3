import { inspect } from 'node:util';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type HostArray, isHostData } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import type { StepOptions } from './learner.js';

/** From JavaScript, where it may be what `loadModel` gives, with the model in it, or a promise of that. */
export function requireModel(model: LayersModel | null | undefined): void {
  if (Array.isArray(model?.layers)) return;
  throw new InvalidArgumentError(
    "createLearner: 'model' must be a tf.LayersModel, such as sequential({ layers: […] }) or (await loadModel('model.keras')).model; " +
      `it is ${inspect(model, { depth: -1 })}.`,
  );
}

/** From JavaScript, where without a rate all weights would become NaN. */
export function requireRate({ learningRate, iterations }: StepOptions): void {
  if (Number.isFinite(learningRate) && Number.isInteger(iterations)) return;
  throw new InvalidArgumentError(
    `step: learningRate is ${learningRate} and iterations is ${iterations}; give { learningRate, iterations }, a finite rate such as ` +
      '`learner.learningRate(iterations)` and the number of updates before.',
  );
}

/** From JavaScript, where a source or a sample may come in its place. */
export function requireBatch(batch: Batch | undefined): void {
  if (batch?.kind === 'rows' || batch?.kind === 'values') return;
  throw new InvalidArgumentError(
    "A learner takes batches, and this is none: put batch(32) at the end of 'through'. A whole source is for " +
      'evaluate({ learner, data: { source, through: batch(32) } }), and for predict of the same form.',
  );
}

/** From JavaScript, where it may be a tensor or a list of rows. */
export function requireArray(array: HostArray | undefined): void {
  if (isHostData(array?.data) && Array.isArray(array?.shape)) return;
  throw new InvalidArgumentError(
    'predict: inputs must be { data, shape }: all values one after the other in a Float32Array, Int32Array or Uint8Array, and [rows, …]. ' +
      'A tensor t is { data: await t.data(), shape: t.shape }.',
  );
}
