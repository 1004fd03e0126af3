import * as tf from '@tensorflow/tfjs-core';
import type { SafetensorsArray } from '../../../src/file/safetensors.js';
import { applyModel } from '../../../src/layer/applyModel.js';
import { batchLoss } from '../../../src/learner/batchLoss.js';
import { modelVariables } from '../../../src/learner/modelVariables.js';
import { valueAndGradients } from '../../../src/learner/valueAndGradients.js';
import { savedLoss } from '../../../src/loss/savedLoss.js';
import { optimizerFromConfig } from '../../../src/optimizer/optimizerFromConfig.js';
import { savedLayers } from '../../../src/saving/keras/savedLayers.js';
import { learnerStateOf } from '../../../src/saving/learnerStateOf.js';
import type { LoadedModel } from '../../../src/saving/loadModel.js';
import { type Comparison, compareArray, compareEqual, compareNumber, failure } from '../comparison.js';
import type { Tolerance } from '../tolerance.js';

export interface NextStep {
  /** Before the update, penalties included. */
  readonly loss: number;
  readonly weights: readonly { readonly path: string; readonly value: SafetensorsArray }[];
  /** Paths of weights whose gradient is rounding noise. */
  readonly noisy: readonly string[];
}

/**
 * One training step from what a file held, compared with Keras's. It is written out here because a learner trains models
 * of one input, and some of these have two.
 */
export async function compareNextStep(
  loaded: LoadedModel,
  inputs: readonly tf.Tensor[],
  y: tf.Tensor,
  expect: NextStep,
  tolerance: Tolerance,
): Promise<Comparison[]> {
  const { model, training, optimizerState } = loaded;
  if (training?.optimizer == null) return [failure('next step', 'the file has no optimizer')];
  const optimizer = optimizerFromConfig(training.optimizer.className, training.optimizer.parameters);
  const loss = savedLoss(training.loss);
  const weights = modelVariables(model).filter(({ trainable }) => trainable);
  const state = await learnerStateOf(loaded);
  const stored = new Map(state.slots.map(slot => [slot.name, slot]));
  const iterations = optimizerState?.iterations ?? 0;
  const { learningRate } = optimizer;

  const value = tf.tidy(() => {
    const { value, gradients } = valueAndGradients(
      () => {
        // What is one input for a learner may be several here; tfjs takes both.
        const x = (inputs.length === 1 ? inputs[0] : [...inputs]) as tf.Tensor;
        const { output, logits, logOdds, mask, penalty } = applyModel(model, x, { training: true, seed: null });
        const data = batchLoss(loss, { y, output, raw: logits ?? logOdds, weight: null }, mask);
        return penalty === null ? data : tf.add(data, penalty);
      },
      weights.map(({ variable }) => variable),
    );
    const next = optimizer.transform.update({
      gradients,
      parameters: weights.map(({ variable }) => variable),
      slots: weights.map(({ name, variable }) =>
        optimizer.transform.slots({ name, shape: variable.shape }).map(({ name: slot, shape }) => {
          const array = stored.get(`${name}/${slot}`);
          if (array === undefined) throw new Error(`the file's state has no ${name}/${slot}`);
          return tf.tensor(array.data as Float32Array, [...shape]);
        }),
      ),
      names: weights.map(({ name }) => name),
      learningRate: tf.scalar(typeof learningRate === 'number' ? learningRate : learningRate(iterations)),
      iterations: tf.scalar(iterations),
    });
    for (const [i, { variable, constrain }] of weights.entries()) {
      variable.assign(constrain?.(next.parameters[i]) ?? next.parameters[i]);
    }
    return value.dataSync()[0];
  });

  const after = savedLayers(model).flatMap(layer => layer.weights);
  return [
    compareNumber('loss of the next step', value, expect.loss, tolerance),
    compareEqual('weights after the next step', after.length, expect.weights.length),
    ...expect.weights.flatMap(({ path, value: wanted }, i) => {
      if (expect.noisy.includes(path)) return [];
      const { variable, shape } = after[i];
      return [compareArray(`next ${path}`, { shape, data: variable.dataSync() as Float32Array }, wanted, tolerance)];
    }),
  ];
}
