import * as tf from '@tensorflow/tfjs-core';
import type { HostArray, HostData } from '../data/hostArray.js';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { type Compiled, compile } from '../graph/compile.js';
import { Compiler } from '../graph/compiler.js';
import { NotTraceableError } from '../graph/notTraceableError.js';
import { valueAndGradient } from '../graph/valueAndGradient.js';
import { currentNative } from '../native/backend.js';
import { DataType } from '../native/dataType.js';
import { EPSILON } from './deprocess.js';
import type { Objective } from './objective.js';
import type { Pictures } from './pictures.js';

export interface AscenderOptions {
  readonly objective: Objective;
  /** The network's weights, copied into the session once. Those not named become constants of each size's function. */
  readonly weights?: readonly tf.Variable[];
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

type Input = 'x' | 'targets' | 'stepSize';
type Step = (inputs: Readonly<Record<Input, HostData>>) => Promise<Record<'losses' | 'x', HostArray>>;

export function createAscender(options: AscenderOptions): Ascender {
  const { batch = 1 } = options;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InvalidArgumentError(`A batch of ${batch} pictures: give a whole number from 1 on.`);
  }
  const maker = stepMaker(options);
  const steps = new Map<string, Step>();
  const stepFor = (width: number, { size, channels }: Pictures): Step => {
    const key = `${width} ${size} ${channels}`;
    const step = steps.get(key) ?? maker.make([width, size, size, channels]);
    steps.set(key, step);
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
    dispose: () => maker.dispose(),
  };
}

interface StepMaker {
  make(shape: readonly [number, number, number, number]): Step;
  dispose(): Promise<void>;
}

/** On native TensorFlow all steps share one session, so that the weights are there once, whatever the number of sizes. */
function stepMaker({ objective, weights = [], epsilon = EPSILON }: AscenderOptions): StepMaker {
  const native = currentNative();
  const compiler = native === undefined ? undefined : new Compiler(native, weights);
  const loaded = compiler?.load();
  const separate: Compiled<Input, 'losses' | 'x'>[] = [];
  const compileApart = (shape: readonly number[]): Step => {
    const step = compile(tensors => ascend(objective, tensors, epsilon), {
      inputs: { x: { shape }, targets: { shape: [shape[0]], dtype: 'int32' }, stepSize: { shape: [] } },
    });
    separate.push(step);
    return step;
  };
  const compileShared = (compiler: Compiler, shape: readonly number[]): Step => {
    const inputs = [
      { shape, dtype: DataType.float32 },
      { shape: [shape[0]], dtype: DataType.int32 },
      { shape: [], dtype: DataType.float32 },
    ];
    const compiled = compiler.compile(inputs, ([x, targets, stepSize]) => {
      const after = ascend(objective, { x, targets, stepSize }, epsilon);
      return [after.losses, after.x];
    });
    return async ({ x, targets, stepSize }) => {
      await loaded;
      const [losses, values] = (await compiled.run([x, targets, stepSize])) as Float32Array[];
      return { losses: { data: losses, shape: [shape[0]] }, x: { data: values, shape } };
    };
  };
  return {
    make(shape) {
      if (compiler === undefined) return compileApart(shape);
      try {
        return compileShared(compiler, shape);
      } catch (error) {
        // An objective of the user's own; `compile` tells why, and runs it eagerly.
        if (error instanceof NotTraceableError) return compileApart(shape);
        throw error;
      }
    },
    async dispose() {
      await loaded;
      await Promise.all([compiler?.dispose(), ...separate.map(step => step.dispose())]);
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
  const { value, gradient } = valueAndGradient(
    pictures => objective(pictures as tf.Tensor4D, targets as tf.Tensor1D),
    x,
  );
  const norm = tf.sqrt(tf.mean(tf.square(gradient), [1, 2, 3], true));
  return { losses: value, x: tf.add(x, tf.mul(tf.div(gradient, tf.add(norm, epsilon)), stepSize)) };
}
