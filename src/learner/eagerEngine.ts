import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from '../array/hostArray.js';
import { hostValues } from '../augment/hostValues.js';
import type { Batch } from '../data/batch.js';
import type { TensorData } from '../native/dataType.js';
import type { Engine } from './engine.js';
import type { TrainingStep } from './learner.js';
import type { Examples, StepProgram } from './stepProgram.js';

/** Carries the program out operation by operation on tfjs's current backend: the reference for the compiled engine. */
export class EagerEngine implements Engine {
  readonly compiled = false;
  readonly augments = false;

  constructor(private readonly program: StepProgram) {}

  async train(steps: readonly TrainingStep[]): Promise<ArrayLike<number>[]> {
    return steps.map(step => this.trainOn(step));
  }

  async evaluate(batch: Batch): Promise<ArrayLike<number>> {
    return values(() => this.program.evaluate(this.examples(batch)));
  }

  async predict(inputs: readonly HostArray[]): Promise<HostArray[]> {
    const outputs = tf.tidy(() => this.program.predict(inputs.map(floats)));
    try {
      return outputs.map(output => ({ data: output.dataSync() as Float32Array, shape: output.shape }));
    } finally {
      tf.dispose(outputs);
    }
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
    const seed = [batch.seed | 0, iterations] as const;
    return values(() =>
      this.program.train(this.examples(batch), {
        learningRate: tf.scalar(learningRate),
        iterations: tf.scalar(iterations),
        seed: { tensor: tf.tensor1d(seed as unknown as number[], 'int32'), host: seed },
      }),
    );
  }

  private examples(batch: Batch): Examples {
    const { data } = this.program;
    const forms = data.labelForms(batch);
    const values = hostValues(batch);
    const { sampleWeight } = values;
    return {
      inputs: data.inputs(values).map(floats),
      targets: data.targets(values).map(labels),
      forms,
      sampleWeight: sampleWeight === undefined ? null : tf.tensor1d(sampleWeight),
    };
  }
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
