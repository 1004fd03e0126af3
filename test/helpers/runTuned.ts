import type * as tf from '@tensorflow/tfjs-core';
import { Compiler } from '../../src/graph/compiler.js';
import type { Native, ProductTuning } from '../../src/native/backend.js';
import { DataType } from '../../src/native/dataType.js';

/** A float32 array for a compiled function. */
export interface TunedInput {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a compiled function gives where products are tuned in this way, and the types of the kernels that ran. */
export async function runTuned(
  native: Native | null,
  productTuning: ProductTuning,
  inputs: readonly TunedInput[],
  fn: (inputs: tf.Tensor[]) => tf.Tensor[],
): Promise<{ readonly kernels: string[]; readonly results: number[][] }> {
  const compiler = new Compiler({ ...(native as Native), productTuning }, []);
  try {
    const f = compiler.compile(
      inputs.map(({ shape }) => ({ shape, dtype: DataType.float32 })),
      fn,
    );
    const values = inputs.map(({ values }) => values);
    const kernels = (await f.profile(values)).map(({ type }) => type);
    return { kernels, results: (await f.run(values)).map(result => [...(result as Float32Array)]) };
  } finally {
    await compiler.dispose();
  }
}
