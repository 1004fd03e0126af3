import { eagerAttributes, type SetAttribute } from './attributes.js';
import { DataType, type TensorData } from './dataType.js';
import type { EagerContext } from './eagerContext.js';
import { type Executor, nextTensorId, type OpAttribute, type TensorMetadata } from './executor.js';
import type { Library } from './library.js';
import { newTensor, readTensor, type TensorValues } from './nativeTensor.js';
import type { Pointer } from './signatures.js';
import { Status } from './status.js';

/** Most outputs an operation may have; tfjs asks for a list's length, which is far below. */
const maxOutputs = 1024;

/** Runs each operation at once through TensorFlow's eager API, on the JavaScript thread. */
export class EagerExecutor implements Executor {
  private readonly handles = new Map<number, Pointer>();
  private readonly status: Status;
  private readonly setAttribute: SetAttribute;
  private readonly outputPointers = new BigUint64Array(maxOutputs);
  private readonly outputCount = new Int32Array(1);

  constructor(
    private readonly library: Library,
    private readonly context: EagerContext,
  ) {
    this.status = new Status(library);
    this.setAttribute = eagerAttributes(library);
  }

  /** Tensors alive on the native side. */
  get tensorCount(): number {
    return this.handles.size;
  }

  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number {
    const { library, status } = this;
    const tensor = newTensor(library, dtype, shape, values);
    try {
      let handle = library.TFE_NewTensorHandle(tensor, status.pointer);
      status.check('the creation of a tensor');
      // GPU kernels want whole numbers and strings in host memory.
      if (this.context.onGpu && dtype !== DataType.int32 && dtype !== DataType.string) handle = this.toDevice(handle);
      return this.insert(handle);
    } finally {
      library.TF_DeleteTensor(tensor);
    }
  }

  private toDevice(handle: Pointer): Pointer {
    const { library, status } = this;
    try {
      const moved = library.TFE_TensorHandleCopyToDevice(
        handle,
        this.context.pointer,
        this.context.device,
        status.pointer,
      );
      status.check('the copy of a tensor to its device');
      return moved;
    } finally {
      library.TFE_DeleteTensorHandle(handle);
    }
  }

  deleteTensor(id: number): void {
    const handle = this.handles.get(id);
    if (handle === undefined) return;
    this.handles.delete(id);
    this.library.TFE_DeleteTensorHandle(handle);
  }

  readTensor(id: number): TensorData | Uint8Array[] {
    const { library, status } = this;
    const tensor = library.TFE_TensorHandleResolve(this.handleOf(id), status.pointer);
    status.check('the reading of a tensor');
    try {
      return readTensor(library, tensor);
    } finally {
      library.TF_DeleteTensor(tensor);
    }
  }

  execute(
    operation: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const { library, status } = this;
    const op = library.TFE_NewOp(this.context.pointer, operation, status.pointer);
    status.check(operation);
    try {
      if (this.context.onGpu) library.TFE_OpSetDevice(op, this.context.device, status.pointer);
      for (const attribute of attributes) this.setAttribute(op, attribute, status);
      for (const input of inputs) {
        library.TFE_OpAddInput(op, this.handleOf(input), status.pointer);
        status.check(operation);
      }
      this.outputCount[0] = outputs;
      library.TFE_Execute(op, this.outputPointers, this.outputCount, status.pointer);
      status.check(operation);
    } finally {
      library.TFE_DeleteOp(op);
    }
    const results = new Array<TensorMetadata>(outputs);
    for (let i = 0; i < outputs; i++) {
      const handle = this.outputPointers[i];
      results[i] = this.describe(this.insert(handle), handle);
    }
    return results;
  }

  /** Shape and dtype of a tensor. */
  describeTensor(id: number): TensorMetadata {
    return this.describe(id, this.handleOf(id));
  }

  private describe(id: number, handle: Pointer): TensorMetadata {
    const { library, status } = this;
    const dims = library.TFE_TensorHandleNumDims(handle, status.pointer);
    const shape = new Array<number>(dims);
    for (let i = 0; i < dims; i++) shape[i] = library.TFE_TensorHandleDim(handle, i, status.pointer);
    return { id, shape, dtype: library.TFE_TensorHandleDataType(handle) };
  }

  private insert(handle: Pointer): number {
    const id = nextTensorId();
    this.handles.set(id, handle);
    return id;
  }

  private handleOf(id: number): Pointer {
    const handle = this.handles.get(id);
    if (handle === undefined)
      throw new ReferenceError(`Tensor ${id} was disposed, or belongs to a trace that has ended.`);
    return handle;
  }
}
