import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { checkOutputNames, outputNamesOf } from '../layer/endNames.js';
import type { Loss } from '../loss/loss.js';
import { type LossLike, resolveLoss } from '../loss/resolveLoss.js';
import { type MetricLike, resolveMetrics } from '../metrics/resolveMetrics.js';
import { ownValue } from '../text/ownValue.js';
import type { Head } from './head.js';

/** Something for each of a model's outputs, by the names of the layers that give them. */
export type ByOutput<T> = Readonly<Record<string, T>>;

/** By what the outputs of a model are judged. */
export interface HeadOptions {
  /**
   * A loss, its Keras name, or a function `(yTrue, yPred) → [batch]` of tfjs tensors: for each output the same, or by their names;
   * those that are left out are not trained. Labels that are class numbers are one-hot to every loss of an output of several numbers.
   */
  readonly loss: LossLike | ByOutput<LossLike>;
  /** What the losses of a model with several outputs are multiplied by before they are added. Default: the loss's own weight, else 1. */
  readonly lossWeights?: ByOutput<number>;
  /** Metrics, their Keras names, or functions `(yTrue, yPred) → [batch]`; of a model with several outputs by their names. */
  readonly metrics?: readonly MetricLike[] | ByOutput<readonly MetricLike[]>;
  /** Metrics that count each example by its weight; one that is among `metrics`, too, is called `weighted_…`. */
  readonly weightedMetrics?: readonly MetricLike[] | ByOutput<readonly MetricLike[]>;
}

/**
 * The outputs of a model that have a loss. Of several outputs each metric's name begins with that of the output.
 *
 * @throws UnknownNameError where there is no such output, loss or metric
 * @throws InvalidArgumentError where it isn't clear for which output something is meant, or nothing is trained
 */
export function headsOf(model: LayersModel, options: HeadOptions): readonly Head[] {
  const outputNames = outputNamesOf(model);
  const twice = outputNames.find((name, i) => outputNames.indexOf(name) < i);
  if (twice !== undefined) {
    throw new InvalidArgumentError(
      `The model '${model.name}' has two outputs of the layer '${twice}'. Give each a layer of its own, such as an Activation 'linear'.`,
    );
  }
  const given = {
    // From JavaScript there may be none.
    loss: lossesOf(model, options.loss ?? {}),
    lossWeights: byNames<number>(model, 'lossWeights', options.lossWeights ?? {}),
    metrics: metricsOf(model, 'metrics', options.metrics ?? {}),
    weightedMetrics: metricsOf(model, 'weightedMetrics', options.weightedMetrics ?? {}),
  };
  const heads = outputNames.flatMap((name, index): Head[] => {
    const loss = ownValue(given.loss, name);
    if (loss === undefined) return [];
    const outputShape = model.outputs[index].shape.slice(1);
    const weighted = withWeight(resolveLoss(loss), name, ownValue(given.lossWeights, name));
    const metrics = resolveMetrics(
      { metrics: ownValue(given.metrics, name) ?? [], weightedMetrics: ownValue(given.weightedMetrics, name) ?? [] },
      { loss: weighted, outputShape: outputShape as number[] },
      outputNames.length === 1 ? '' : `${name}_`,
    );
    return [{ index, name, outputShape, loss: weighted, ...metrics }];
  });
  checkTrained(model, heads, given);
  return heads;
}

function lossesOf(model: LayersModel, loss: HeadOptions['loss']): ByOutput<LossLike> {
  if (isLossLike(loss)) return Object.fromEntries(outputNamesOf(model).map(name => [name, loss]));
  return byNames(model, 'loss', loss);
}

const isLossLike = (loss: HeadOptions['loss']): loss is LossLike =>
  typeof loss !== 'object' || typeof (loss as Loss).perSample === 'function';

function metricsOf(
  model: LayersModel,
  what: string,
  given: NonNullable<HeadOptions['metrics']>,
): ByOutput<readonly MetricLike[]> {
  const outputNames = outputNamesOf(model);
  if (typeof given !== 'object') {
    throw new InvalidArgumentError(`${what} must be a list, such as ['mae']; it was given ${JSON.stringify(given)}.`);
  }
  const isList = Array.isArray(given) && outputNames.length === 1;
  const named = byNames<readonly MetricLike[]>(model, what, isList ? { [outputNames[0]]: given } : given, '[…]');
  for (const [name, list] of Object.entries(named)) {
    if (Array.isArray(list)) continue;
    throw new InvalidArgumentError(
      `${what}: those of the output '${name}' are no list. Give ${what}: { ${name}: […] }.`,
    );
  }
  return named;
}

/** What is given for outputs by their names; null, as Keras's None, is as good as nothing. */
function byNames<T>(model: LayersModel, what: string, given: object, form = '…'): ByOutput<T> {
  const outputNames = outputNamesOf(model);
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidArgumentError(
      `The model '${model.name}' has the outputs ${outputNames.join(', ')}: say for which one ${what} is meant, as ` +
        `${what}: { ${outputNames[0]}: ${form} }.`,
    );
  }
  checkOutputNames(model, Object.keys(given));
  return Object.fromEntries(Object.entries(given).filter(([, one]) => (one ?? null) !== null));
}

function withWeight(loss: Loss, output: string, weight: number | undefined): Loss {
  if (weight === undefined) return loss;
  if (Number.isFinite(weight)) return { ...loss, weight };
  throw new InvalidArgumentError(`lossWeights: the loss of '${output}' has the weight ${weight}. Give a number.`);
}

/** What is given for an output without a loss would go unseen. */
function checkTrained(model: LayersModel, heads: readonly Head[], given: Readonly<Record<string, object>>): void {
  const trained = heads.map(({ name }) => name);
  if (trained.length === 0) {
    throw new InvalidArgumentError(`No output of the model '${model.name}' has a loss. Name one or more by 'loss'.`);
  }
  for (const [what, named] of Object.entries(given)) {
    const untrained = Object.keys(named).find(name => !trained.includes(name));
    if (untrained === undefined) continue;
    throw new InvalidArgumentError(
      `The output '${untrained}' of the model '${model.name}' has ${what}, but no loss. Give it one, or leave them out.`,
    );
  }
}
