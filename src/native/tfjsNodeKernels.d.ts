declare module '#tfjs-node-kernels' {
  import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
  import type { Binding } from './binding.js';
  import type { OpAttribute, TensorMetadata } from './executor.js';

  /** tfjs-node's backend class (Apache-2.0), bundled by scripts/build.mjs; importing it registers its kernels. */
  export class NodeJSKernelBackend extends KernelBackend {
    constructor(binding: Binding, packageName: string);
    executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
    executeMultipleOutputs(
      name: string,
      attributes: readonly OpAttribute[],
      inputs: readonly Tensor[],
      outputs: number,
    ): Tensor[];
    createOutputTensor(metadata: TensorMetadata): Tensor;
    getInputTensorIds(tensors: readonly Tensor[]): number[];
  }
}
