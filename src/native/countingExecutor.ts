import type { TensorData } from './dataType.js';
import type { Executor, OpAttribute, TensorMetadata } from './executor.js';
import type { TensorValues } from './nativeTensor.js';

/** Lets another executor work and counts the operations by their type. */
export class CountingExecutor implements Executor {
  readonly counts = new Map<string, number>();

  constructor(private readonly worker: Executor) {}

  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number {
    return this.worker.createTensor(shape, dtype, values);
  }

  deleteTensor(id: number): void {
    this.worker.deleteTensor(id);
  }

  readTensor(id: number): TensorData | Uint8Array[] {
    return this.worker.readTensor(id);
  }

  execute(
    type: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
    return this.worker.execute(type, attributes, inputs, outputs);
  }
}
