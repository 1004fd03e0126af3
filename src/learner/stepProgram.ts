import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { inFloat32 } from '../graph/inFloat32.js';
import { tellNaN } from '../graph/tellNaN.js';
import { applyModel, type Seed } from '../layer/applyModel.js';
import type { Loss } from '../loss/loss.js';
import type { Metric } from '../metrics/metric.js';
import { AVERAGE_SLOT } from '../optimizer/ema.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { applyOptimizer, type WeightSlots, weightSlots } from './applyOptimizer.js';
import { batchLoss } from './batchLoss.js';
import { weightByClass } from './classWeight.js';
import { countedBy, type Judged } from './judged.js';
import { formLabels, type LabelForm } from './labels.js';
import { ModelData } from './modelData.js';
import { type ModelVariable, modelVariables } from './modelVariables.js';
import { valueAndGradients } from './valueAndGradients.js';

/** Examples of one batch as tensors. */
export interface Examples {
  /** `[batch, ...inputShape]`, float32, scaled. */
  readonly x: tf.Tensor;
  /** `[batch]` or `[batch, ...targets]`, as the source has them. */
  readonly y: tf.Tensor;
  /** How `y` is brought into the form that the loss wants. */
  readonly form: LabelForm;
  readonly sampleWeight: tf.Tensor1D | null;
}

/** What is fed at each step and never frozen into a graph. */
export interface Fed {
  readonly learningRate: tf.Scalar;
  /** Updates before this one, float32. */
  readonly iterations: tf.Scalar;
  readonly seed: Seed;
}

export interface ProgramOptions {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  /** Of all examples alike. */
  readonly metrics: readonly Metric[];
  /** By sample weight. */
  readonly weightedMetrics: readonly Metric[];
  /** Weight of each class number. */
  readonly classWeight: Readonly<Record<number, number>> | undefined;
}

/**
 * A training step, an evaluation and a prediction, written in tfjs operations only. Eager execution carries them out one by
 * one; the compiled engine traces the same functions.
 */
export class StepProgram {
  readonly weights: readonly ModelVariable[];
  private readonly slots: readonly WeightSlots[];
  /** Those of the weights that an update may change. */
  private readonly updated: readonly ModelVariable[];
  /** What data it takes. */
  readonly data: ModelData;

  constructor(private readonly options: ProgramOptions) {
    this.weights = modelVariables(options.model);
    this.updated = this.weights.filter(weight => mayChange(weight, options.optimizer));
    this.slots = this.updated.map(weight => weightSlots(options.optimizer, weight));
    this.data = new ModelData(options.model, options.loss);
  }

  /** Optimizer slots with names such as `dense/kernel/velocity`, weight by weight. */
  get namedSlots(): readonly { readonly name: string; readonly variable: tf.Variable }[] {
    return this.updated.flatMap((weight, i) =>
      [...this.slots[i].slots].map(([name, variable]) => ({ name: `${weight.name}/${name}`, variable })),
    );
  }

  /** Weights and their moving averages, where the optimizer keeps them. */
  get averages(): ReadonlyMap<tf.Variable, tf.Variable> {
    const pairs = this.updated.map(({ variable }, i) => [variable, this.slots[i].slots.get(AVERAGE_SLOT)] as const);
    return new Map(pairs.filter((pair): pair is [tf.Variable, tf.Variable] => pair[1] !== undefined));
  }

  /** Everything that a step reads or changes, in the order in which an engine reads it. */
  get variables(): tf.Variable[] {
    const scratch = this.slots.flatMap(slots => [...slots.scratch.values()]);
    return [...[...this.weights, ...this.namedSlots].map(({ variable }) => variable), ...scratch];
  }

  /** Updates the weights; gives loss and statistics in one vector. */
  train(examples: Examples, { learningRate, iterations, seed }: Fed): tf.Tensor1D {
    let statistics: tf.Tensor[] = [];
    try {
      const { value, gradients } = valueAndGradients(
        () => {
          const measured = this.measure(examples, true, seed);
          statistics = measured.statistics.map(statistic => tf.keep(statistic));
          return measured.loss;
        },
        this.updated.map(({ variable }) => variable),
      );
      const { optimizer } = this.options;
      applyOptimizer({ optimizer, weights: this.updated, slots: this.slots, gradients, learningRate, iterations });
      return pack(tellNaN(value), statistics);
    } finally {
      tf.dispose(statistics);
    }
  }

  /** Inference mode; loss and statistics in one vector. */
  evaluate(examples: Examples): tf.Tensor1D {
    const { loss, statistics } = this.measure(examples, false, null);
    return pack(loss, statistics);
  }

  predict(x: tf.Tensor): tf.Tensor {
    return applyModel(this.options.model, x, { training: false, seed: null }).output;
  }

  dispose(): void {
    for (const { slots, scratch } of this.slots) tf.dispose([...slots.values(), ...scratch.values()]);
  }

  private measure(
    examples: Examples,
    training: boolean,
    seed: Seed | null,
  ): { loss: tf.Scalar; statistics: tf.Tensor1D[] } {
    const { model, loss, metrics, weightedMetrics } = this.options;
    const y = formLabels(examples.y, examples.form, this.data.outputShape);
    const { output, logits, logOdds, mask, penalty } = applyModel(model, examples.x, { training, seed });
    // Keras weighs classes in training alone.
    const weight = training ? this.sampleWeight(examples, y) : examples.sampleWeight;
    // As Keras does, which looks at what is before the activation, not which one it is.
    const before = logits ?? logOdds;
    const seen = { output: inFloat32(output), raw: before && inFloat32(before) };
    const judged = (weight: tf.Tensor1D | null): Judged => ({ y, ...seen, weight });
    const statisticsOf = (metric: Metric, weight: tf.Tensor1D | null): tf.Tensor1D => {
      const { y, output, raw, weight: counted } = countedBy(metric, judged(weight), mask);
      if (raw === null) return metric.statistics(y, output, counted);
      if (metric.statisticsFromLogits !== undefined) return metric.statisticsFromLogits(y, raw, counted, output);
      return metric.statistics(y, metric.ordinal && logits !== null ? raw : output, counted);
    };
    const statistics = (metric: Metric, weight: tf.Tensor1D | null): tf.Tensor1D =>
      checkedStatistics(metric, statisticsOf(metric, weight));
    const data = batchLoss(loss, judged(weight), mask);
    return {
      loss: penalty === null ? data : tf.add(data, penalty),
      statistics: [
        ...metrics.map(metric => statistics(metric, null)),
        ...weightedMetrics.map(metric => statistics(metric, weight)),
      ],
    };
  }

  /** Weights of classes count as weights of their samples. */
  private sampleWeight({ sampleWeight }: Examples, y: tf.Tensor): tf.Tensor1D | null {
    const { classWeight } = this.options;
    if (classWeight === undefined) return sampleWeight;
    const ofClass = weightByClass(classWeight, y, this.data.outputShape.at(-1) as number);
    return sampleWeight === null ? ofClass : tf.mul(sampleWeight, ofClass);
  }
}

/** What has no gradient is changed by a constraint or a weight decay alone: an optimizer needs no slots for it. */
const mayChange = ({ trainable, hasGradient, constrain }: ModelVariable, { config }: Optimizer): boolean =>
  trainable && (hasGradient || constrain !== undefined || (config.weight_decay ?? null) !== null);

/** They stand one after the other: too many or too few of one metric would be taken for another's. */
function checkedStatistics({ name, size }: Metric, statistics: tf.Tensor1D): tf.Tensor1D {
  if (statistics.rank === 1 && statistics.shape[0] === size) return statistics;
  throw new InvalidArgumentError(
    `The metric '${name}' gave statistics of shape [${statistics.shape}], but its size is ${size}. ` +
      "Give it the model's number of classes, or make 'size' and 'statistics' of an own one agree.",
  );
}

const pack = (loss: tf.Scalar, statistics: readonly tf.Tensor[]): tf.Tensor1D =>
  statistics.length === 0
    ? tf.reshape(loss, [1])
    : tf.concat1d([tf.reshape(loss, [1]), ...(statistics as tf.Tensor1D[])]);
