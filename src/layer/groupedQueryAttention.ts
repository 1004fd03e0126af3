import * as tf from '@tensorflow/tfjs-core';
import { shown } from './attentionLayer.js';
import { layerProblem } from './layerProblem.js';
import { ProjectedAttention, type ProjectedAttentionArgs } from './projectedAttention.js';
import type { CallOptions, Shape } from './tfjsLayer.js';

export type GroupedQueryAttentionArgs = ProjectedAttentionArgs & {
  /** Length of query, key and value in each head. */
  readonly headDim: number;
  readonly numQueryHeads: number;
  /** A divisor of the number of query heads: so many of them share a key and a value. */
  readonly numKeyValueHeads: number;
};

/**
 * Keras's GroupedQueryAttention: as `MultiHeadAttention`, but several heads of the query `[batch, steps, channels]` share one of the
 * key and the value. Gives `[batch, steps, channels]`.
 *
 * Source: Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints", 2023;
 * keras/src/layers/attention/grouped_query_attention.py.
 */
export class GroupedQueryAttention extends ProjectedAttention {
  static readonly className = 'GroupedQueryAttention';
  readonly #headDim: number;
  readonly #numQueryHeads: number;
  readonly #numKeyValueHeads: number;

  /** @throws InvalidArgumentError where a number isn't a whole one from 1, or the query's heads can't be divided so */
  constructor(args: GroupedQueryAttentionArgs) {
    super(args);
    const { headDim, numQueryHeads, numKeyValueHeads } = args;
    this.requireWhole({ headDim, numQueryHeads, numKeyValueHeads });
    [this.#headDim, this.#numQueryHeads, this.#numKeyValueHeads] = [headDim, numQueryHeads, numKeyValueHeads];
    if (numQueryHeads % numKeyValueHeads !== 0) {
      throw layerProblem(
        this,
        `its numQueryHeads is ${numQueryHeads} and its numKeyValueHeads ${numKeyValueHeads}; give a divisor of the first for the second`,
      );
    }
  }

  /** @throws InvalidArgumentError where shapes don't have three axes, don't fit each other or lack the last length */
  override build(shape: Shape | Shape[]): void {
    const shapes = this.shapes(shape);
    this.requireShapes(shapes);
    const [query, value, key] = shapes.map(one => one[one.length - 1] as number);
    if (shapes[0].length !== 3) throw layerProblem(this, `${shown(shapes)} need three axes: [batch, steps, channels]`);
    if (query !== value) throw layerProblem(this, `${shown(shapes)}: query and value need as many channels`);
    const [ofQuery, ofValue] = [
      [this.#numQueryHeads, this.#headDim],
      [this.#numKeyValueHeads, this.#headDim],
    ];
    const [free, freeValue] = [shapes[0].slice(0, -1), shapes[1].slice(0, -1)];
    this.addProjection('query', [free, [query], ofQuery]);
    this.addProjection('key', [freeValue, [key], ofValue]);
    if (this.useGate) this.addProjection('gate', [free, [query], ofQuery]);
    this.addProjection('value', [freeValue, [value], ofValue]);
    this.addProjection('attention_output', [free, ofQuery, [query]]);
    super.build(shape);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    return [...this.shapes(shape)[0]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training, mask }: CallOptions = {}): tf.Tensor {
    return tf.tidy(() => {
      const [query, value, key] = this.roles([inputs].flat());
      const [batch, steps, valueSteps] = [query.shape[0], query.shape[1], value.shape[1]] as [number, number, number];
      const [heads, groups, size] = [this.#numQueryHeads, this.#numKeyValueHeads, this.#headDim];
      const byHeads = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 2, 1, 3]);
      const scaled = tf.mul(this.projected('query', query), 1 / Math.sqrt(size));
      // The query's heads of a group stand one after the other: they are so many steps more of one head.
      const together = (x: tf.Tensor, length: number): tf.Tensor =>
        tf.reshape(x, [batch, groups, (heads / groups) * steps, length]);
      const scores = tf.matMul(together(byHeads(scaled), size), byHeads(this.projected('key', key)), false, true);
      const weights = this.weigh(tf.reshape(scores, [batch, heads, steps, valueSteps]), this.masks(mask, query));
      const dropped = together(this.dropped(weights, training), valueSteps);
      const attended = tf.matMul(dropped, byHeads(this.projected('value', value)));
      return this.finished(byHeads(tf.reshape(attended, [batch, heads, steps, size])), query);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const [headDim, numQueryHeads, numKeyValueHeads] = [this.#headDim, this.#numQueryHeads, this.#numKeyValueHeads];
    return { ...super.getConfig(), headDim, numQueryHeads, numKeyValueHeads };
  }
}
