import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../data/hostArray.js';
import { type AttentionKwargs, AttentionLayer, type AttentionLayerArgs, type Roles } from './attentionLayer.js';
import type { AttentionMasks } from './attentionMasks.js';
import { asMatrix, type KernelArgs, type KernelOptions, kernelOptions } from './kernelOptions.js';
import { project } from './project.js';
import { seenSteps } from './seenSteps.js';
import type { Shape } from './tfjsLayer.js';

export type MultiHeadAttentionArgs = AttentionLayerArgs &
  Omit<KernelArgs, 'activation'> & {
    /** Into how many attentions of their own query and key are divided. */
    readonly numHeads: number;
    /** Length of query and key in each of them. */
    readonly keyDim: number;
    /** Length of the value in each of them. Default: that of the key. */
    readonly valueDim?: number | null;
    /** Whether all projections have a bias. Default true. */
    readonly useBias?: boolean;
    /** Whether the attention is multiplied by a sigmoid of a projection of the query. Default false. */
    readonly useGate?: boolean;
    /** The last axes of what comes out. Default: the query's last axis. */
    readonly outputShape?: number | readonly number[] | null;
    /** The axes that are attended over, of the query's shape. Default: all but the first and the last. */
    readonly attentionAxes?: number | readonly number[] | null;
    /** No step sees another that is so far away, or further. Default: each may see all. */
    readonly slidingWindow?: number | null;
  };

interface Weight {
  read(): tf.Tensor;
}

/** One of the products with weights that an attention begins and ends with. */
interface Projection {
  readonly kernel: Weight;
  readonly bias: Weight | null;
}

type ProjectionName = 'query' | 'key' | 'gate' | 'value' | 'attention_output';

/** Far below any score; with nothing else to be seen, all that is masked is seen alike. */
const MASKED = -1e9;

/**
 * Keras's MultiHeadAttention: several attentions side by side, each on a projection of its own of query `[batch, …, steps, channels]`,
 * value and key. Gives `[batch, …, steps, channels of the query]`, or as `outputShape` says. Called with
 * `layer.apply([query, value])` or `[query, value, key]`; with `layer.apply(x)`, `x` attends to itself.
 *
 * A mask of an Embedding or a Masking layer that the query has leaves its steps out, and goes on, as in Keras: a tensor that such
 * a layer has been called with has no mask any more for who sees it afterwards.
 *
 * Source: Vaswani et al., "Attention Is All You Need", 2017; keras/src/layers/attention/multi_head_attention.py.
 */
export class MultiHeadAttention extends AttentionLayer {
  static readonly className = 'MultiHeadAttention';
  // Not private: what a layer's weights are drawn and held down by is found by these names.
  readonly kernelInitializer: KernelOptions['kernelInitializer'];
  readonly biasInitializer: KernelOptions['biasInitializer'];
  readonly kernelRegularizer: KernelOptions['kernelRegularizer'];
  readonly biasRegularizer: KernelOptions['biasRegularizer'];
  readonly #options: KernelOptions;
  readonly #args: MultiHeadAttentionArgs;
  readonly #valueDim: number;
  readonly #projections = new Map<ProjectionName, Projection>();

  /** @throws InvalidArgumentError where a number of heads or a length isn't a whole number from 1 */
  constructor(args: MultiHeadAttentionArgs) {
    super(args);
    this.#args = args;
    this.#options = kernelOptions(args);
    const { kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer } = this.#options;
    [this.kernelInitializer, this.biasInitializer] = [kernelInitializer, biasInitializer];
    [this.kernelRegularizer, this.biasRegularizer] = [kernelRegularizer, biasRegularizer];
    this.#valueDim = args.valueDim ?? args.keyDim;
    const { numHeads, keyDim, slidingWindow } = args;
    for (const [name, value] of Object.entries({ numHeads, keyDim, valueDim: this.#valueDim, slidingWindow })) {
      if (value != null && !(Number.isInteger(value) && value >= 1)) {
        throw this.problem(`its ${name} is ${value}; it must be a whole number from 1`);
      }
    }
  }

  /** @throws InvalidArgumentError where shapes have less than three axes, don't fit each other or lack the last length */
  override build(shape: Shape | Shape[]): void {
    const shapes = this.shapes(shape);
    this.#check(shapes);
    const [query, value, key] = shapes.map(one => one[one.length - 1] as number);
    const { numHeads, keyDim, useGate = false } = this.#args;
    const lengthOf = { query: keyDim, key: keyDim, value: this.#valueDim, gate: this.#valueDim };
    this.#project('query', [query], [numHeads, lengthOf.query]);
    this.#project('key', [key], [numHeads, lengthOf.key]);
    if (useGate) this.#project('gate', [query], [numHeads, lengthOf.gate]);
    this.#project('value', [value], [numHeads, lengthOf.value]);
    this.#project('attention_output', [numHeads, lengthOf.value], this.#outputAxes(shapes[0]));
    super.build(shape);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [query] = this.shapes(shape);
    return [...query.slice(0, -1), ...this.#outputAxes(query)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training, mask }: AttentionKwargs = {}): tf.Tensor {
    return tf.tidy(() => {
      const [query, value, key] = this.roles([inputs].flat());
      const scale = 1 / Math.sqrt(this.#args.keyDim);
      const [q, k, v] = [
        tf.mul(this.#projected('query', query), scale),
        this.#projected('key', key),
        this.#projected('value', value),
      ].map(x => this.#byHeads(x));
      const scores = tf.matMul(q, k, false, true);
      const weights = this.#weights(scores, this.masks(mask, query), query.rank);
      const attended = this.#bySteps(tf.matMul(this.dropped(weights, training), v), query);
      const gated = this.#projections.has('gate')
        ? tf.mul(attended, tf.sigmoid(this.#projected('gate', query)))
        : attended;
      return this.#projected('attention_output', gated, 2);
    });
  }

  /** Rows and columns of a kernel as a matrix, by the weight's name. */
  fansOf(name: string): readonly [number, number] | undefined {
    const kernel = this.#projections.get(name.replace(/_kernel$/, '') as ProjectionName)?.kernel.read();
    if (kernel === undefined || !name.endsWith('_kernel')) return undefined;
    const bound = name.startsWith('attention_output') ? 2 : 1;
    return [sizeOf(kernel.shape.slice(0, bound)), sizeOf(kernel.shape.slice(bound))];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { numHeads, keyDim, useBias = true, useGate = false, outputShape = null } = this.#args;
    const { attentionAxes = null, slidingWindow = null } = this.#args;
    const { activation: _, ...options } = this.#options.config;
    const list = (axes: number | readonly number[] | null) => (axes === null ? null : [axes].flat());
    return {
      ...super.getConfig(),
      ...{ numHeads, keyDim, valueDim: this.#valueDim, useBias, useGate, slidingWindow },
      ...{ outputShape: list(outputShape), attentionAxes: list(attentionAxes) },
      ...options,
    };
  }

  #outputAxes(query: Shape): number[] {
    const { outputShape } = this.#args;
    return outputShape == null ? [query[query.length - 1] as number] : ([outputShape].flat() as number[]);
  }

  #project(name: ProjectionName, inner: readonly number[], units: readonly number[]): void {
    const { kernelInitializer, biasInitializer, kernelConstraint, biasConstraint } = this.#options;
    const { kernelRegularizer, biasRegularizer } = this.#options;
    const matrix = asMatrix(kernelInitializer, [sizeOf(inner), sizeOf(units)]);
    const add = (
      part: string,
      shape: number[],
      initializer: KernelOptions['kernelInitializer'],
      regularizer: KernelOptions['kernelRegularizer'],
      constraint: KernelOptions['kernelConstraint'],
    ): Weight =>
      this.addWeight(
        `${name}_${part}`,
        shape,
        'float32',
        initializer,
        regularizer ?? undefined,
        true,
        constraint ?? undefined,
      );
    const kernel = add('kernel', [...inner, ...units], matrix, kernelRegularizer, kernelConstraint);
    const hasBias = this.#args.useBias ?? true;
    const bias = hasBias ? add('bias', [...units], biasInitializer, biasRegularizer, biasConstraint) : null;
    this.#projections.set(name, { kernel, bias });
  }

  #projected(name: ProjectionName, x: tf.Tensor, bound = 1): tf.Tensor {
    const { kernel, bias } = this.#projections.get(name) as Projection;
    return project(x, kernel.read(), bias?.read() ?? null, bound);
  }

  /** The axes that are attended over, and the others without the last. */
  #axes(rank: number): { readonly attended: readonly number[]; readonly others: readonly number[] } {
    const all = Array.from({ length: rank - 1 }, (_, i) => i);
    const { attentionAxes } = this.#args;
    const given = attentionAxes == null ? all.slice(1) : [attentionAxes].flat();
    const attended = given.map(axis => (axis < 0 ? axis + rank : axis));
    return { attended, others: all.filter(axis => !attended.includes(axis)) };
  }

  /** `[…, heads, size]` as `[examples, heads, steps, size]`: axes that aren't attended over are so many examples more. */
  #byHeads(x: tf.Tensor): tf.Tensor {
    const { attended, others } = this.#axes(x.rank - 1);
    const order = [...others, x.rank - 2, ...attended, x.rank - 1];
    const lengths = (axes: readonly number[]) => sizeOf(axes.map(axis => x.shape[axis]));
    const [heads, size] = x.shape.slice(-2) as [number, number];
    return tf.reshape(tf.transpose(x, order), [lengths(others), heads, lengths(attended), size]);
  }

  /** The way back, to the query's shape but for its last axis. */
  #bySteps(x: tf.Tensor, query: tf.Tensor): tf.Tensor {
    const { attended, others } = this.#axes(query.rank);
    const [, heads, , size] = x.shape as [number, number, number, number];
    const lengths = (axes: readonly number[]) => axes.map(axis => query.shape[axis]);
    const order = [...others, query.rank - 1, ...attended, query.rank];
    const back = order.map((_, axis) => order.indexOf(axis));
    return tf.transpose(tf.reshape(x, [...lengths(others), heads, ...lengths(attended), size]), back);
  }

  #weights(scores: tf.Tensor, masks: AttentionMasks, rank: number): tf.Tensor {
    const [steps, valueSteps] = scores.shape.slice(2) as [number, number];
    const { slidingWindow: window = null } = this.#args;
    const seen = seenSteps(masks, { steps: [steps, valueSteps], causal: this.useCausalMask, window });
    if (seen === null) return tf.softmax(scores);
    const weights = tf.softmax(tf.where(seen, scores, MASKED));
    // Where a step sees nothing, Keras lets it see all alike, or nothing where it computes the weights one by one.
    return this.dropout > 0 || rank !== 3 ? tf.where(seen, weights, 0) : weights;
  }

  #check([query, value, key]: Roles<Shape>): void {
    const shown = `[${query}], value [${value}] and key [${key}]`;
    const { attended, others } = this.#axes(query.length);
    if ([query, value, key].some(shape => shape.length < 3 || shape.length !== query.length)) {
      throw this.problem(`query ${shown} need three axes or more, all as many: [batch, steps, channels]`);
    }
    if ([query, value, key].some(shape => shape[shape.length - 1] == null)) {
      throw this.problem(`query ${shown} need a last axis of known length`);
    }
    const differs = (axes: readonly number[], a: Shape, b: Shape): boolean =>
      axes.some(axis => a[axis] !== null && b[axis] !== null && a[axis] !== b[axis]);
    if (differs([...attended, ...others], value, key) || differs(others, query, value)) {
      throw this.problem(`query ${shown} don't fit: value and key need the same steps, and all the same axes that aren't attended over`);
    }
    if (attended.length === 0 || attended.some(axis => !(axis >= 1 && axis < query.length - 1))) {
      throw this.problem(`its attentionAxes are ${attended}, but its query has shape [${query}]; neither the batch nor the channels can be attended over`);
    }
    const isBanded = this.useCausalMask || this.#args.slidingWindow != null;
    if (isBanded && query.length !== 3) {
      throw this.problem(`query ${shown} need three axes where useCausalMask or slidingWindow is set`);
    }
  }
}
