import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkOutputNames, outputNamesOf } from '../../layer/endNames.js';
import { ownValue } from '../../text/ownValue.js';
import { isByOutput, lossConfigOf, metricConfigsOf } from './lossConfigOf.js';
import { keras3Optimizer, type MetricConfigs, type OptimizerConfig, type TrainingConfig } from './trainingConfig.js';

/** With what a model is compiled when Keras opens its file. */
export interface CompiledWith {
  /** Absent: the file says nothing of training, for Keras opens none that names a loss without an optimizer. */
  readonly optimizer?: OptimizerConfig;
  /** Keras's name or `{ class_name, config }`, or what `lossByName` gives; not a function. Of several outputs by their names. */
  readonly loss?: unknown;
  /** Keras's names or `{ class_name, config }`; of several outputs by their names. */
  readonly metrics?: MetricConfigs;
  /** Metrics that count each example by its weight, in the same words. */
  readonly weightedMetrics?: MetricConfigs;
  /** A factor of the loss, or of each output's by its name. Default: the losses' own, where one has any. */
  readonly lossWeights?: unknown;
}

/**
 * The same in Keras's words; null without an optimizer.
 *
 * @throws InvalidArgumentError where a loss or metric is code, UnknownNameError where the model has no such output
 */
export function trainingOf(model: LayersModel, compiled: CompiledWith): TrainingConfig | null {
  const { optimizer, metrics = null, weightedMetrics } = compiled;
  if (optimizer === undefined) return null;
  const loss = ofAllOutputs(model, compiled.loss ?? null, null);
  const lossWeights = ofAllOutputs(model, compiled.lossWeights ?? ownWeights(loss), 1);
  return {
    optimizer: keras3Optimizer(optimizer),
    loss: lossConfigOf(loss),
    metrics: metrics && metricConfigsOf(metrics),
    ...(weightedMetrics && { weightedMetrics: metricConfigsOf(weightedMetrics) }),
    ...(lossWeights !== null && { lossWeights }),
  };
}

/** Keras wants each of a model's outputs named. */
function ofAllOutputs(model: LayersModel, given: unknown, absent: unknown): unknown {
  if (!isByOutput(given)) return given;
  checkOutputNames(model, Object.keys(given));
  return Object.fromEntries(outputNamesOf(model).map(name => [name, ownValue(given, name) ?? absent]));
}

/** Null where no loss has one. */
function ownWeights(loss: unknown): unknown {
  const weightOf = (one: unknown): number | null => (one as { readonly weight?: number } | null)?.weight ?? null;
  if (!isByOutput(loss)) return weightOf(loss);
  const weights = Object.entries(loss).flatMap(([name, one]) => {
    const weight = weightOf(one);
    return weight === null ? [] : [[name, weight] as const];
  });
  return weights.length === 0 ? null : Object.fromEntries(weights);
}
