import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { HostArray } from '../array/hostArray.js';
import type { Batch } from '../data/batch.js';
import { tellNaN } from '../graph/tellNaN.js';
import { type Applied, type AppliedOutput, applyModel, type Seed } from '../layer/applyModel.js';
import type { Loss } from '../loss/loss.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { applyOptimizer } from './applyOptimizer.js';
import { weightByClass } from './classWeight.js';
import type { Head } from './head.js';
import { formLabels, type LabelForm } from './labels.js';
import { type Measured, measureHead } from './measureHead.js';
import { ModelData } from './modelData.js';
import { type ModelVariable, modelVariables } from './modelVariables.js';
import type { BatchProgram, Examples, Fed, Inputs, InputsProgram, Program } from './program.js';
import { meanStatistics, packed } from './statistics.js';
import { valueAndGradients } from './valueAndGradients.js';
import {
  averagesOf,
  disposeSlots,
  type NamedVariable,
  namedSlots,
  scratchOf,
  type WeightSlots,
  weightSlots,
} from './weightSlots.js';

/** A batch as a model takes it and its losses want it. */
interface Given {
  /** For each of the model's inputs. */
  readonly inputs: readonly tf.Tensor[];
  /** For each head. */
  readonly targets: readonly tf.Tensor[];
  /** How they are brought into the form that the head's loss wants. */
  readonly forms: readonly LabelForm[];
  readonly sampleWeight: tf.Tensor1D | null;
}

export interface ModelProgramOptions {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  /** What is trained of its outputs: at least one. */
  readonly heads: readonly Head[];
  /** Weight of each class number, for a single head. */
  readonly classWeight: Readonly<Record<number, number>> | undefined;
}

/** Trains a model by losses of its outputs. */
export class ModelProgram implements Program {
  readonly weights: readonly ModelVariable[];
  private readonly slots: readonly WeightSlots[];
  /** Those of the weights that an update may change. */
  private readonly updated: readonly ModelVariable[];
  private readonly data: ModelData;

  constructor(private readonly options: ModelProgramOptions) {
    this.weights = modelVariables(options.model);
    this.updated = this.weights.filter(weight => mayChange(weight, options.optimizer));
    this.slots = this.updated.map(weight => weightSlots(options.optimizer, weight));
    this.data = new ModelData(options.model, options.heads);
  }

  get namedSlots(): readonly NamedVariable[] {
    return namedSlots(this.updated, this.slots);
  }

  get averages(): ReadonlyMap<tf.Variable, tf.Variable> {
    return averagesOf(this.updated, this.slots);
  }

  get variables(): readonly tf.Variable[] {
    return [...[...this.weights, ...this.namedSlots].map(({ variable }) => variable), ...scratchOf(this.slots)];
  }

  onBatch(batch: Batch): BatchProgram {
    const { data } = this;
    const forms = data.labelForms(batch);
    const given = (examples: Examples): Given => {
      const { sampleWeight } = examples;
      return { inputs: data.inputs(examples), targets: data.targets(examples), forms, sampleWeight };
    };
    return {
      key: String(forms),
      train: (examples, fed) => this.train(given(examples), fed),
      evaluate: examples => {
        const { loss, statistics } = this.measure(given(examples), false, null);
        return packed(loss, statistics);
      },
    };
  }

  onInputs(given: Inputs<HostArray>): InputsProgram {
    const { data } = this;
    data.checkInputs(given);
    return {
      key: '',
      inputs: data.inputs(given),
      predict: inputs => {
        const applied = applyModel(this.options.model, inputs, { training: false, seed: null });
        return outputsOf(applied).map(({ output }) => output);
      },
      output: outputs => data.output(outputs),
    };
  }

  dispose(): void {
    disposeSlots(this.slots);
  }

  private train(given: Given, { learningRate, iterations, seed }: Fed): tf.Tensor1D {
    const { value, gradients, aux } = valueAndGradients(
      () => {
        const { loss, statistics } = this.measure(given, true, seed);
        return { value: loss, aux: statistics };
      },
      this.updated.map(({ variable }) => variable),
    );
    const { optimizer } = this.options;
    applyOptimizer({ optimizer, weights: this.updated, slots: this.slots, gradients, learningRate, iterations });
    return packed(tellNaN(value), aux);
  }

  private measure(given: Given, training: boolean, seed: Seed | null): Measured {
    const { model, heads } = this.options;
    const applied = applyModel(model, given.inputs, { training, seed });
    const { penalty } = applied;
    const outputs = outputsOf(applied);
    const measured = heads.map((head, i) => {
      const y = formLabels(given.targets[i], given.forms[i], head.outputShape);
      // Keras weighs classes in training alone.
      const weight = training ? this.sampleWeight(given, y) : given.sampleWeight;
      return measureHead(head, outputs[head.index], y, weight);
    });
    const losses = measured.map(({ loss }, i) => weighted(loss, heads[i].loss));
    const all = penalty === null ? losses : [...losses, penalty];
    return {
      loss: all.reduce((sum, loss) => tf.add(sum, loss)),
      statistics: [
        ...(heads.length === 1 ? [] : measured.map(({ loss }) => lossStatistics(loss, given))),
        ...measured.flatMap(({ statistics }) => statistics),
      ],
    };
  }

  /** Weights of classes count as weights of their samples. */
  private sampleWeight({ sampleWeight }: Given, y: tf.Tensor): tf.Tensor1D | null {
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
const lossStatistics = (loss: tf.Scalar, { inputs: [{ shape }] }: Given): tf.Tensor1D =>
  meanStatistics(loss, shape[0] as number);
