import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { currentTracer } from '../graph/tracer.js';
import { isNormalizing, normalizeTogether } from './batchNormalization.js';
import { isModel, type PlacedLayer } from './innerLayers.js';
import { isShardable } from './isShardable.js';
import { replace } from './replace.js';
import { duringShard, rowsOf, type ShardRows } from './shardRows.js';
import { type CallOptions, firstTensor } from './tfjsLayer.js';

/** Counts what a step draws. */
export interface Draws {
  count: number;
}

/**
 * A batch cut into parts, its shards, that go through a model beside each other: chains of operations that wait for each other only
 * where examples are seen together. A thread that has a shard to itself wastes no time on sharing out each single operation.
 *
 * A layer that is lent to it still takes and gives tensors of the whole batch, as tfjs wants it. The shards are remembered beside
 * these; putting them together is traced but not run where the next layer takes the shards.
 */
export class Shards {
  private readonly rows: readonly ShardRows[];
  private readonly shardsOf = new Map<number, readonly tf.Tensor[]>();
  private readonly kept: tf.Tensor[] = [];

  private constructor(
    inputs: readonly tf.Tensor[],
    count: number,
    private readonly draws: Draws,
  ) {
    const of = inputs[0].shape[0] as number;
    const ends = Array.from({ length: count + 1 }, (_, i) => Math.round((i * of) / count));
    this.rows = ends.slice(1).map((end, i) => ({ from: ends[i], count: end - ends[i], of }));
    for (const x of inputs) {
      this.remember(
        x,
        this.rows.map(rows => rowsOf(x, rows)),
      );
    }
  }

  /** As many as the trace wants and the batch has rows for; null where it has to be left whole. */
  static of(model: LayersModel, inputs: readonly tf.Tensor[], draws: Draws): Shards | null {
    const most = currentTracer()?.shards ?? 1;
    const [examples] = inputs[0].shape;
    // An activity regularizer may have come since the learner was made.
    if (most === 1 || examples === 1 || !isShardable(model)) return null;
    return new Shards(inputs, Math.min(most, examples), draws);
  }

  /** Lets a layer work shard by shard, until the returned function is called. */
  lend(placed: PlacedLayer): () => void {
    const { layer } = placed;
    if (isModel(layer)) return () => undefined;
    const call = layer.call.bind(layer);
    const lent = (inputs: tf.Tensor | tf.Tensor[], options: CallOptions) => {
      const list = Array.isArray(inputs) ? inputs : [inputs];
      const known = list.map(({ id }) => this.shardsOf.get(id)).filter(shards => shards !== undefined);
      if (known.length < list.length) return call(inputs, options);
      const outputs =
        options.training === true && isNormalizing(placed)
          ? normalizeTogether(layer, known[0])
          : this.oneByOne(i => {
              const shards = known.map(shards => shards[i]);
              return firstTensor(call(Array.isArray(inputs) ? shards : shards[0], options));
            });
      const whole = tf.concat([...outputs]);
      this.remember(whole, outputs);
      return whole;
    };
    return replace(layer, 'call', lent);
  }

  /** All of them draw by the same seeds. */
  private oneByOne(compute: (shard: number) => tf.Tensor): tf.Tensor[] {
    const before = this.draws.count;
    return this.rows.map((rows, i) => {
      this.draws.count = before;
      return duringShard(rows, () => compute(i));
    });
  }

  /** tfjs disposes what goes through a model once all layers that take it had it. */
  private remember(whole: tf.Tensor, shards: readonly tf.Tensor[]): void {
    this.shardsOf.set(whole.id, shards);
    this.kept.push(...shards.map(shard => tf.keep(shard)));
  }

  dispose(): void {
    tf.dispose(this.kept);
  }
}
