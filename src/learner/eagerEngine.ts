import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import { hostArrayOf } from '../array/hostArrayOf.js';
import { hostValues } from '../augment/hostValues.js';
import { mapAuxiliary } from '../data/auxiliary.js';
import type { Batch } from '../data/batch.js';
import type { TensorData } from '../native/dataType.js';
import type { Engine } from './engine.js';
import type { TrainingStep } from './learner.js';
import type { Examples, Fed, InputsProgram, Program } from './program.js';

/** Carries the program out operation by operation on tfjs's current backend: the reference for the compiled engine. */
export class EagerEngine implements Engine {
  readonly compiled = false;
  readonly augments = false;

  constructor(private readonly program: Program) {}

  async train(steps: readonly TrainingStep[]): Promise<ArrayLike<number>[]> {
    return steps.map(step => this.trainOn(step));
  }

  async evaluate(batch: Batch): Promise<ArrayLike<number>> {
    const on = this.program.onBatch(batch);
    return values(() => on.evaluate(examplesOf(batch)));
  }

  async predict(on: InputsProgram): Promise<HostArray[]> {
    let outputs: HostArray[] = [];
    // What comes out may be the user's own, a variable say: it is copied, and not disposed of.
    tf.tidy(() => {
      outputs = on.predict(on.inputs.map(floats)).map(hostArrayOf);
    });
    return outputs;
  }

  async read(): Promise<TensorData[]> {
    return this.program.variables.map(variable => variable.dataSync().slice() as TensorData);
  }

  async write(values: ReadonlyMap<tf.Variable, TensorData>): Promise<void> {
    for (const [variable, value] of values) {
      tf.tidy(() => variable.assign(tf.tensor(value as Float32Array, variable.shape, variable.dtype)));
    }
  }

  async profile(): Promise<null> {
    return null;
  }

  async store(): Promise<void> {}

  async dispose(): Promise<void> {}

  private trainOn({ batch, learningRate, iterations }: TrainingStep): ArrayLike<number> {
    const on = this.program.onBatch(batch);
    const seed = [batch.seed | 0, iterations] as const;
    return values(() => {
      const fed: Fed = {
        learningRate: tf.scalar(learningRate),
        iterations: tf.scalar(iterations),
        seed: { tensor: tf.tensor1d(seed as unknown as number[], 'int32'), host: seed },
      };
      const furtherRates = this.program.furtherRates?.(iterations) ?? [];
      return on.train(
        examplesOf(batch),
        fed,
        furtherRates.map(rate => tf.scalar(rate)),
      );
    });
  }
}

function examplesOf(batch: Batch): Examples {
  const { x, y, aux, sampleWeight } = hostValues(batch);
  return {
    x: floats(x),
    y: labels(y),
    ...mapAuxiliary(aux, floats, labels),
    sampleWeight: sampleWeight === undefined ? null : tf.tensor1d(sampleWeight),
  };
}

const floats = ({ data, shape }: HostArray): tf.Tensor => tf.tensor(data, [...shape], 'float32');

const labels = ({ data, shape }: HostArray): tf.Tensor =>
  tf.tensor(data, [...shape], data instanceof Float32Array ? 'float32' : 'int32');

function values(step: () => tf.Tensor): ArrayLike<number> {
  const result = tf.tidy(step);
  try {
    return result.dataSync() as Float32Array;
  } finally {
    result.dispose();
  }
}
