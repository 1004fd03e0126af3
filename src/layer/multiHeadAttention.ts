import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../array/hostArray.js';
import { fits, type Roles, shown } from './attentionLayer.js';
import { layerProblem } from './layerProblem.js';
import { type Input, ProjectedAttention, type ProjectedAttentionArgs } from './projectedAttention.js';
import type { CallOptions, Shape } from './tfjsLayer.js';

export type MultiHeadAttentionArgs = ProjectedAttentionArgs & {
  /** How many attentions there are side by side. */
  readonly numHeads: number;
  /** Length of query and key in each of them. */
  readonly keyDim: number;
  /** Length of the value in each of them. Default: that of the key. */
  readonly valueDim?: number | null;
  /** The last axes of what comes out. Default: the query's last axis. */
  readonly outputShape?: number | readonly number[] | null;
  /** The axes that are attended over, of the query's shape. Default: all but the first and the last. */
  readonly attentionAxes?: number | readonly number[] | null;
};

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
export class MultiHeadAttention extends ProjectedAttention {
  static readonly className = 'MultiHeadAttention';
  readonly #args: MultiHeadAttentionArgs;
  readonly #valueDim: number;

  /** @throws InvalidArgumentError where a number of heads or a length isn't a whole number from 1 */
  constructor(args: MultiHeadAttentionArgs) {
    super(args);
    const { numHeads, keyDim } = args;
    this.#args = args;
    this.#valueDim = args.valueDim ?? keyDim;
    this.requireWhole({ numHeads, keyDim, valueDim: this.#valueDim });
  }

  /** @throws InvalidArgumentError where shapes have less than three axes, don't fit each other or lack the last length */
  override build(shape: Shape | Shape[]): void {
    const shapes = this.shapes(shape);
    this.#check(shapes);
    const split = (one: Shape): Input => [one.slice(0, -1), one.slice(-1) as number[]];
    const [query, value, key] = [split(shapes[0]), split(shapes[1]), split(shapes[2])];
    const { numHeads, keyDim } = this.#args;
    this.addProjection('query', [...query, [numHeads, keyDim]]);
    this.addProjection('key', [...key, [numHeads, keyDim]]);
    if (this.useGate) this.addProjection('gate', [...query, [numHeads, this.#valueDim]]);
    this.addProjection('value', [...value, [numHeads, this.#valueDim]]);
    this.addProjection('attention_output', [query[0], [numHeads, this.#valueDim], this.#outputAxes(shapes[0])]);
    super.build(shape);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [query] = this.shapes(shape);
    return [...query.slice(0, -1), ...this.#outputAxes(query)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training, mask }: CallOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const [query, value, key] = this.roles([inputs].flat());
      const scaled = tf.mul(this.projected('query', query), 1 / Math.sqrt(this.#args.keyDim));
      const [q, k, v] = [scaled, this.projected('key', key), this.projected('value', value)].map(x => this.#byHeads(x));
      const weights = this.weigh(tf.matMul(q, k, false, true), this.masks(mask, query));
      return this.finished(this.#bySteps(tf.matMul(this.dropped(weights, training), v), query), query);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { numHeads, keyDim, outputShape = null, attentionAxes = null } = this.#args;
    const list = (axes: number | readonly number[] | null) => (axes === null ? null : [axes].flat());
    return {
      ...super.getConfig(),
      ...{ numHeads, keyDim, valueDim: this.#valueDim },
      ...{ outputShape: list(outputShape), attentionAxes: list(attentionAxes) },
    };
  }

  #outputAxes(query: Shape): number[] {
    const { outputShape } = this.#args;
    return outputShape == null ? [query[query.length - 1] as number] : [outputShape].flat();
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
    const lengths = (axes: readonly number[]): number[] => axes.map(axis => query.shape[axis] as number);
    const order = [...others, query.rank - 1, ...attended, query.rank];
    const back = order.map((_, axis) => order.indexOf(axis));
    return tf.transpose(tf.reshape(x, [...lengths(others), heads, ...lengths(attended), size]), back);
  }

  #check(shapes: Roles<Shape>): void {
    this.requireShapes(shapes);
    const [query, value] = shapes;
    const { attended, others } = this.#axes(query.length);
    if (attended.length === 0 || attended.some(axis => !(axis >= 1 && axis < query.length - 1))) {
      throw layerProblem(
        this,
        `its attentionAxes are ${attended}, but ${shown(shapes)}: neither examples nor channels can be attended over`,
      );
    }
    const lengths = (shape: Shape): Shape => others.map(axis => shape[axis]);
    if (!fits(lengths(query), lengths(value))) {
      throw layerProblem(this, `${shown(shapes)}: axes that aren't attended over need the same length`);
    }
    if (query.length !== 3 && (this.useCausalMask || this.slidingWindow !== null)) {
      throw layerProblem(this, `${shown(shapes)} need three axes where useCausalMask or slidingWindow is set`);
    }
  }
}
