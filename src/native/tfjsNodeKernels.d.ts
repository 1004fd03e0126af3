declare module '#tfjs-node-kernels' {
  import type { DataType, KernelBackend, Tensor } from '@tensorflow/tfjs-core';
  import type { Binding } from './binding.js';
  import type { OpAttribute, TensorMetadata } from './executor.js';
  import type { TensorValues } from './nativeTensor.js';

  /** tfjs-node's backend class (Apache-2.0), bundled by scripts/build.mjs; importing it registers its kernels. */
  export class NodeJSKernelBackend extends KernelBackend {
    constructor(binding: Binding, packageName: string);
    readonly tensorMap: { get(dataId: object): TensorEntry; set(dataId: object, entry: TensorEntry): void };
    executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
    executeMultipleOutputs(
      name: string,
      attributes: readonly OpAttribute[],
      inputs: readonly Tensor[],
      outputs: number,
    ): Tensor[];
    createOutputTensor(metadata: TensorMetadata): Tensor;
    getInputTensorIds(tensors: readonly Tensor[]): number[];
    override move(dataId: object, values: TensorValues, shape: number[], dtype: DataType, refCount: number): void;
  }

  /** What the backend knows of a tensor's data; `values` are waiting to be uploaded, or null. */
  export interface TensorEntry {
    readonly shape: number[];
    readonly dtype: number;
    readonly refCount: number;
    id: number;
    values: TensorValues | null;
  }
}

/** tfjs-core's gradients, bundled by scripts/build.mjs; importing it registers them. */
declare module '#tfjs-gradients' {}
