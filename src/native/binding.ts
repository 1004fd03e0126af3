import { DataType, type TensorData } from './dataType.js';
import type { EagerExecutor } from './eagerExecutor.js';
import { AttributeType, type Executor, type OpAttribute, type TensorMetadata } from './executor.js';
import type { TensorValues } from './nativeTensor.js';

/**
 * The one gate between tfjs-node's backend class and TensorFlow: what its own addon's `binding` object offers, as far as
 * kernels need it. Who answers can be exchanged for the length of a call: the eager executor, or a tracer.
 */
export class Binding {
  readonly TF_FLOAT = DataType.float32;
  readonly TF_INT32 = DataType.int32;
  readonly TF_INT64 = DataType.int64;
  readonly TF_BOOL = DataType.bool;
  readonly TF_COMPLEX64 = DataType.complex64;
  readonly TF_STRING = DataType.string;
  readonly TF_RESOURCE = DataType.resource;
  readonly TF_UINT8 = DataType.uint8;
  readonly TF_ATTR_STRING = AttributeType.string;
  readonly TF_ATTR_INT = AttributeType.int;
  readonly TF_ATTR_FLOAT = AttributeType.float;
  readonly TF_ATTR_BOOL = AttributeType.bool;
  readonly TF_ATTR_TYPE = AttributeType.type;
  readonly TF_ATTR_SHAPE = AttributeType.shape;

  private current: Executor;

  constructor(
    readonly eager: EagerExecutor,
    private readonly onGpu: boolean,
  ) {
    this.current = eager;
  }

  /** Whether something else than eager execution answers just now. */
  get tracing(): boolean {
    return this.current !== this.eager;
  }

  /** Lets `executor` answer while `action` runs; synchronous, so that nothing else can slip in between. */
  during<T>(executor: Executor, action: () => T): T {
    const previous = this.current;
    this.current = executor;
    try {
      return action();
    } finally {
      this.current = previous;
    }
  }

  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number {
    return this.current.createTensor(shape, dtype, values);
  }

  deleteTensor(id: number): void {
    this.current.deleteTensor(id);
  }

  tensorDataSync(id: number): TensorData | Uint8Array[] {
    return this.current.readTensor(id);
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    return this.current.execute(name, attributes, inputs, outputs);
  }

  getNumOfTensors(): number {
    return this.eager.tensorCount;
  }

  isUsingGpuDevice(): boolean {
    return this.onGpu;
  }
}
