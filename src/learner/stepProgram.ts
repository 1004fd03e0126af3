import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tellNaN } from '../graph/tellNaN.js';
import { type Applied, type AppliedOutput, applyModel, type Seed } from '../layer/applyModel.js';
import type { Loss } from '../loss/loss.js';
import { AVERAGE_SLOT } from '../optimizer/ema.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { applyOptimizer, type WeightSlots, weightSlots } from './applyOptimizer.js';
import { weightByClass } from './classWeight.js';
import type { Head } from './head.js';
import { formLabels, type LabelForm } from './labels.js';
import { type Measured, measureHead } from './measureHead.js';
import { ModelData } from './modelData.js';
import { type ModelVariable, modelVariables } from './modelVariables.js';
import { valueAndGradients } from './valueAndGradients.js';

/** Examples of one batch as tensors. */
export interface Examples {
  /** `[batch, ...inputShape]`, float32, scaled, for each of the model's inputs. */
  readonly inputs: readonly tf.Tensor[];
  /** `[batch]` or `[batch, ...targets]`, as the source has them, for each head. */
  readonly targets: readonly tf.Tensor[];
  /** How they are brought into the form that the head's loss wants. */
  readonly forms: readonly LabelForm[];
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
  /** What is trained of its outputs: at least one. */
  readonly heads: readonly Head[];
  /** Weight of each class number, for a single head. */
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
    this.data = new ModelData(options.model, options.heads);
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

  /** All outputs of the model, in its order. */
  predict(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const applied = applyModel(this.options.model, inputs, { training: false, seed: null });
    return outputsOf(applied).map(({ output }) => output);
  }

  dispose(): void {
    for (const { slots, scratch } of this.slots) tf.dispose([...slots.values(), ...scratch.values()]);
  }

  private measure(examples: Examples, training: boolean, seed: Seed | null): Measured {
    const { model, heads } = this.options;
    const applied = applyModel(model, examples.inputs, { training, seed });
    const { penalty } = applied;
    const outputs = outputsOf(applied);
    const measured = heads.map((head, i) => {
      const y = formLabels(examples.targets[i], examples.forms[i], head.outputShape);
      // Keras weighs classes in training alone.
      const weight = training ? this.sampleWeight(examples, y) : examples.sampleWeight;
      return measureHead(head, outputs[head.index], y, weight);
    });
    const losses = measured.map(({ loss }, i) => weighted(loss, heads[i].loss));
    const all = penalty === null ? losses : [...losses, penalty];
    return {
      loss: all.reduce((sum, loss) => tf.add(sum, loss)),
      statistics: [
        ...(heads.length === 1 ? [] : measured.map(({ loss }) => lossStatistics(loss, examples))),
        ...measured.flatMap(({ statistics }) => statistics),
      ],
    };
  }

  /** Weights of classes count as weights of their samples. */
  private sampleWeight({ sampleWeight }: Examples, y: tf.Tensor): tf.Tensor1D | null {
    const { classWeight, heads } = this.options;
    if (classWeight === undefined) return sampleWeight;
    const ofClass = weightByClass(classWeight, y, heads[0].outputShape.at(-1) as number);
    return sampleWeight === null ? ofClass : tf.mul(sampleWeight, ofClass);
  }
}

/** What has no gradient is changed by a constraint or a weight decay alone: an optimizer needs no slots for it. */
const mayChange = ({ trainable, hasGradient, constrain }: ModelVariable, { config }: Optimizer): boolean =>
  trainable && (hasGradient || constrain !== undefined || (config.weight_decay ?? null) !== null);

const outputsOf = (applied: Applied): readonly AppliedOutput[] => [applied, ...applied.furtherOutputs];

const weighted = (loss: tf.Scalar, { weight = 1 }: Loss): tf.Scalar => (weight === 1 ? loss : tf.mul(loss, weight));

/** Of the mean over examples. */
function lossStatistics(loss: tf.Scalar, { inputs: [{ shape }] }: Examples): tf.Tensor1D {
  const count = tf.scalar(shape[0] as number);
  return tf.stack([tf.mul(loss, count), count]) as tf.Tensor1D;
}

const pack = (loss: tf.Scalar, statistics: readonly tf.Tensor[]): tf.Tensor1D =>
  statistics.length === 0
    ? tf.reshape(loss, [1])
    : tf.concat1d([tf.reshape(loss, [1]), ...(statistics as tf.Tensor1D[])]);
