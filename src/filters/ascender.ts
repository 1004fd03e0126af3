import * as tf from '@tensorflow/tfjs-core';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type Compiled, compile } from '../graph/compile.js';
import { valueAndGradient } from '../graph/valueAndGradient.js';
import { EPSILON } from './deprocess.js';
import type { Objective } from './objective.js';
import type { Pictures } from './pictures.js';

export interface AscenderOptions {
  readonly objective: Objective;
  /** Pictures that are ascended together at most. */
  readonly batch?: number;
  /** Divided with: `g / (rms(g) + epsilon)`. Default: 1e-7. */
  readonly epsilon?: number;
}

/** Takes steps of gradient ascent; owns the compiled functions, one for each size and number of pictures. */
export interface Ascender {
  readonly batch: number;
  /**
   * One step uphill, `x += stepSize · g / (rms(g) + ε)`, each picture with its own loss and its own root mean square: the
   * same as one by one. The losses are those before the step.
   */
  step(pictures: Pictures, stepSize: number): Promise<AscentResult>;
  /** Waits for the running step, then frees everything. */
  dispose(): Promise<void>;
}

export interface AscentResult {
  readonly losses: readonly number[];
  readonly pictures: Pictures;
}

type Step = Compiled<'x' | 'targets' | 'stepSize', 'losses' | 'x'>;

export function createAscender({ objective, batch = 1, epsilon = EPSILON }: AscenderOptions): Ascender {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InvalidArgumentError(`A batch of ${batch} pictures: give a whole number from 1 on.`);
  }
  const steps = new Map<string, Step>();
  const stepFor = (width: number, { size, channels }: Pictures): Step => {
    const key = `${width} ${size} ${channels}`;
    let step = steps.get(key);
    if (step === undefined) {
      const inputs = {
        x: { shape: [width, size, size, channels] },
        targets: { shape: [width], dtype: 'int32' },
        stepSize: { shape: [] },
      } as const;
      step = compile(tensors => ascend(objective, tensors, epsilon), { inputs });
      steps.set(key, step);
    }
    return step;
  };
  return {
    batch,
    async step(pictures, stepSize) {
      const { filters, values } = pictures;
      const n = filters.length;
      if (n > batch) throw new InvalidArgumentError(`${n} pictures at once, but the ascender's batch is ${batch}.`);
      const width = widthFor(n, batch);
      const x = new Float32Array((values.length / n) * width);
      x.set(values);
      const targets = Int32Array.from({ length: width }, (_, i) => filters[Math.min(i, n - 1)]);
      const after = await stepFor(width, pictures)({ x, targets, stepSize: Float32Array.of(stepSize) });
      return {
        losses: [...after.losses.data.subarray(0, n)],
        pictures: { ...pictures, values: (after.x.data as Float32Array).subarray(0, values.length) },
      };
    },
    async dispose() {
      const all = [...steps.values()];
      steps.clear();
      await Promise.all(all.map(step => step.dispose()));
    },
  };
}

/** A few widths only, so that filters that drop out don't ask for a function each: powers of two, and the batch itself. */
const widthFor = (n: number, batch: number): number => Math.min(batch, 2 ** Math.ceil(Math.log2(n)));

function ascend(
  objective: Objective,
  { x, targets, stepSize }: Record<'x' | 'targets' | 'stepSize', tf.Tensor>,
  epsilon: number,
): Record<'losses' | 'x', tf.Tensor> {
  const { value, gradient } = valueAndGradient(pictures => objective(pictures as tf.Tensor4D, targets as tf.Tensor1D), x);
  const norm = tf.sqrt(tf.mean(tf.square(gradient), [1, 2, 3], true));
  return { losses: value, x: tf.add(x, tf.mul(tf.div(gradient, tf.add(norm, epsilon)), stepSize)) };
}
