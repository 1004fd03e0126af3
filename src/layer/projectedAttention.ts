import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';
import { addsBiasElsewhere } from './addsBiasElsewhere.js';
import { AttentionLayer, type AttentionLayerArgs, fits, type Roles, shown } from './attentionLayer.js';
import type { AttentionMasks } from './attentionMasks.js';
import { asMatrix, type KernelArgs, type KernelOptions, kernelOptions, weightOptions } from './kernelOptions.js';
import { layerProblem } from './layerProblem.js';
import { project } from './project.js';
import { seenSteps } from './seenSteps.js';
import type { LayerWeight, Shape } from './tfjsLayer.js';

export type ProjectedAttentionArgs = AttentionLayerArgs &
  Omit<KernelArgs, 'activation'> & {
    /** Whether all projections have a bias. Default true. */
    readonly useBias?: boolean;
    /** Whether the attention is multiplied by a sigmoid of a projection of the query. Default false. */
    readonly useGate?: boolean;
    /** No step sees another that is so far away, or further. Default: each may see all. */
    readonly slidingWindow?: number | null;
  };

/** One of the products with weights that an attention begins and ends with. */
interface Projection {
  readonly kernel: LayerWeight;
  readonly bias: LayerWeight | null;
}

type ProjectionName = 'query' | 'key' | 'gate' | 'value' | 'attention_output';

/** Far below any score; with nothing else to be seen, all that is masked is seen alike. */
const MASKED = -1e9;

/** An attention on projections of query, value and key, with several heads. */
export abstract class ProjectedAttention extends AttentionLayer {
  // Not private: what a layer's weights are drawn and held down by is found by these names.
  readonly kernelInitializer: KernelOptions['kernelInitializer'];
  readonly biasInitializer: KernelOptions['biasInitializer'];
  readonly kernelRegularizer: KernelOptions['kernelRegularizer'];
  readonly biasRegularizer: KernelOptions['biasRegularizer'];
  protected readonly useGate: boolean;
  protected readonly slidingWindow: number | null;
  readonly #useBias: boolean;
  readonly #options: KernelOptions;
  readonly #projections = new Map<ProjectionName, Projection>();

  constructor(args: ProjectedAttentionArgs) {
    super(args);
    this.#options = kernelOptions(args);
    [this.kernelInitializer, this.biasInitializer] = [this.#options.kernelInitializer, this.#options.biasInitializer];
    [this.kernelRegularizer, this.biasRegularizer] = [this.#options.kernelRegularizer, this.#options.biasRegularizer];
    const { useBias = true, useGate = false, slidingWindow = null } = args;
    [this.#useBias, this.useGate, this.slidingWindow] = [useBias, useGate, slidingWindow];
    this.requireWhole({ slidingWindow });
  }

  /** Rows and columns of a kernel as a matrix, by the weight's name. */
  fansOf(name: string): readonly [number, number] | undefined {
    const kernel = this.#projections.get(name.replace(/_kernel$/, '') as ProjectionName)?.kernel.read();
    if (kernel === undefined || !name.endsWith('_kernel')) return undefined;
    const bound = name.startsWith('attention_output') ? 2 : 1;
    return [sizeOf(kernel.shape.slice(0, bound)), sizeOf(kernel.shape.slice(bound))];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { activation: _, ...options } = this.#options.config;
    const { useGate, slidingWindow } = this;
    return { ...super.getConfig(), ...options, useBias: this.#useBias, useGate, slidingWindow };
  }

  /** @throws InvalidArgumentError where one of these is given, and no whole number from 1 */
  protected requireWhole(numbers: Readonly<Record<string, number | null>>): void {
    for (const [name, value] of Object.entries(numbers)) {
      if (value === null || (Number.isInteger(value) && value >= 1)) continue;
      throw layerProblem(this, `its ${name} is ${value}; it must be a whole number from 1`);
    }
  }

  /**
   * Makes the weights of a projection, from the last axes of its input to others.
   *
   * @param free the input's other axes
   */
  protected addProjection(
    name: ProjectionName,
    [free, inner, units]: readonly [Shape, readonly number[], readonly number[]],
  ): void {
    if (this.#useBias && addsBiasElsewhere(units, [...free, ...units])) {
      throw layerProblem(
        this,
        `the bias of shape [${units}] of its projection '${name}' would be added along another axis by Keras, as there are as many steps; ` +
          'give it another number of heads, or useBias false',
      );
    }
    const { kernelInitializer, kernelRegularizer, kernelConstraint, ...options } = this.#options;
    const matrix = asMatrix(kernelInitializer, [sizeOf(inner), sizeOf(units)]);
    const ofKernel = weightOptions(matrix, kernelRegularizer, kernelConstraint);
    const kernel = this.addWeight(`${name}_kernel`, [...inner, ...units], 'float32', ...ofKernel);
    const { biasInitializer, biasRegularizer, biasConstraint } = options;
    const ofBias = weightOptions(biasInitializer, biasRegularizer, biasConstraint);
    const bias = this.#useBias ? this.addWeight(`${name}_bias`, [...units], 'float32', ...ofBias) : null;
    this.#projections.set(name, { kernel, bias });
  }

  protected projected(name: ProjectionName, x: tf.Tensor, bound = 1): tf.Tensor {
    const { kernel, bias } = this.#projections.get(name) as Projection;
    return project(x, kernel.read(), bias?.read() ?? null, bound);
  }

  /** The last projection, of what was attended to: `[…, heads, size]`. */
  protected finished(attended: tf.Tensor, query: tf.Tensor): tf.Tensor {
    const gated = this.useGate ? tf.mul(attended, tf.sigmoid(this.projected('gate', query))) : attended;
    return this.projected('attention_output', gated, 2);
  }

  /** Weights of attention, `[batch, heads, steps, steps of the value]`, of scores. */
  protected weigh(scores: tf.Tensor, masks: AttentionMasks): tf.Tensor {
    const [steps, valueSteps] = scores.shape.slice(2) as [number, number];
    const seen = seenSteps(masks, {
      steps: [steps, valueSteps],
      causal: this.useCausalMask,
      window: this.slidingWindow,
    });
    if (seen === null) return tf.softmax(scores);
    const weights = tf.softmax(tf.where(seen, scores, MASKED));
    // Where a step sees nothing, Keras lets it see all alike, or nothing where it drops weights.
    return this.dropout > 0 ? tf.where(seen, weights, 0) : weights;
  }

  /** @throws InvalidArgumentError where shapes lack axes or lengths, or value and key have other steps */
  protected requireShapes([query, value, key]: Roles<Shape>): void {
    const shapes = [query, value, key];
    if (shapes.some(shape => shape.length < 3 || shape.length !== query.length)) {
      throw layerProblem(
        this,
        `${shown([query, value, key])} need three axes or more, all as many: [batch, steps, channels]`,
      );
    }
    if (shapes.some(shape => shape[shape.length - 1] == null)) {
      throw layerProblem(this, `${shown([query, value, key])} need a last axis of known length`);
    }
    const steps = value.slice(0, -1);
    if (!fits(steps, key.slice(0, -1)))
      throw layerProblem(this, `${shown([query, value, key])}: value and key need the same steps`);
  }
}

/** An input's shape: its axes but for the last, and the last. */
export type Input = readonly [free: Shape, last: readonly number[]];
