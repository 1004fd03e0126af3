import * as tf from '@tensorflow/tfjs-core';
import { Binding } from './binding.js';
import { newEagerContext } from './eagerContext.js';
import { EagerExecutor } from './eagerExecutor.js';
import { replaceHostKernels } from './kernels.js';
import { type Library, type LibraryFiles, loadLibrary } from './library.js';
import { NativeBackend } from './nativeBackend.js';
import { processorHas, processorHasBfloat16, processorVectors, type Vectors } from './processor.js';
import { provideTensorMethods } from './provideTensorMethods.js';
import type { SessionConfig } from './sessionConfig.js';

/** Name under which tfjs knows the native backend; tfjs-node's kernels are registered for it. */
export const nativeBackendName = 'tensorflow';

/** The parts of the native side that the compiled step works with. */
export interface Native {
  readonly files: LibraryFiles;
  readonly library: Library;
  readonly binding: Binding;
  readonly backend: NativeBackend;
  readonly config: SessionConfig;
  readonly productTuning: ProductTuning;
  readonly vectors: Vectors;
  /** Whether shards of a batch can be computed beside each other. */
  readonly canShard: boolean;
  /** Whether it computes quicker in bfloat16 than in float32. */
  readonly hasBfloat16: boolean;
}

/**
 * How products of matrices in a compiled step get quicker than TensorFlow makes them: by Eigen's kernel, or with the matrices
 * the other way round, where the right one is transposed. `none` where oneDNN doesn't make them, the processor isn't known, or TensorFlow's graphs can't be changed.
 */
export type ProductTuning = 'eigen' | 'turn' | 'none';

let native: Native | undefined;

/** Loads TensorFlow and makes it tfjs's backend. A second call finds the first one's work done. */
export function startNative(files: LibraryFiles, config: SessionConfig = {}): Native {
  if (native === undefined) {
    const library = loadLibrary(files);
    const context = newEagerContext(library, config);
    const binding = new Binding(new EagerExecutor(library, context), context.onGpu);
    provideTensorMethods();
    replaceHostKernels(nativeBackendName);
    const backend = new NativeBackend(binding);
    tf.registerBackend(nativeBackendName, () => backend, 3);
    native = {
      files,
      library,
      binding,
      backend,
      config,
      productTuning: productTuning(library, context.onGpu),
      vectors: processorVectors(),
      canShard: canShard(library, context.onGpu),
      hasBfloat16: hasBfloat16(context.onGpu),
    };
  }
  if (!tf.setBackend(nativeBackendName)) throw new Error('TensorFlow.js refused the native backend.');
  return native;
}

function productTuning({ TF_UpdateEdge }: Library, onGpu: boolean): ProductTuning {
  const hasAvx512 = processorHas('avx512f');
  if (onGpu || TF_UpdateEdge === undefined || !usesOneDnn() || hasAvx512 === null) return 'none';
  return hasAvx512 ? 'turn' : 'eigen';
}

/** Where gradients can be completed, and a session has as many threads as it is told. */
const canShard = ({ TF_UpdateEdge }: Library, onGpu: boolean): boolean =>
  !onGpu && TF_UpdateEdge !== undefined && process.env.TF_OVERRIDE_GLOBAL_THREADPOOL === '1';

const hasBfloat16 = (onGpu: boolean): boolean => !onGpu && usesOneDnn() && processorHasBfloat16() === true;

const usesOneDnn = (): boolean => process.env.TF_ENABLE_ONEDNN_OPTS === '1';

/** The native side, or undefined while another backend is in use. */
export const currentNative = (): Native | undefined => (tf.getBackend() === nativeBackendName ? native : undefined);
