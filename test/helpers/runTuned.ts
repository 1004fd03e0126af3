import type * as tf from '@tensorflow/tfjs-core';
import { Compiler, type CompilerOptions } from '../../src/graph/compiler.js';
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
  options: CompilerOptions & { readonly threads?: number } = {},
): Promise<{ readonly kernels: string[]; readonly results: number[][] }> {
  const { config, ...others } = native as Native;
  const { threads, ...compilerOptions } = options;
  const given = { ...others, config: { ...config, ...(threads !== undefined && { threads }) }, productTuning };
  const compiler = new Compiler(given, [], compilerOptions);
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
