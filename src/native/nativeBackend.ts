import { engine, type Tensor, type DataType as TfjsDataType } from '@tensorflow/tfjs-core';

import type { TakesPieces } from '../file/tensorOf.js';
import type { Binding } from './binding.js';
import { DataType } from './dataType.js';
import type { TensorMetadata } from './executor.js';
import type { TensorValues } from './nativeTensor.js';
import { TfjsNodeBackend } from './tfjsNodeBackend.js';

/** tfjs-node's backend, made safe for tracing. */
export class NativeBackend extends TfjsNodeBackend implements TakesPieces {
  /** Data that was handed over during a trace and belongs to its graph. */
  private readonly ofTrace = new WeakSet<object>();

  constructor(private readonly gate: Binding) {
    super(gate, 'gradstream');
  }

  /** tfjs knows one type of whole numbers; narrower ones go by its name, as tfjs-node does with bytes. */
  override createOutputTensor(metadata: TensorMetadata): Tensor {
    const { id, shape, dtype } = metadata;
    if (!narrowIntegers.has(dtype)) return super.createOutputTensor(metadata);
    const dataId = {};
    this.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
    return engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'int32' });
  }

  /** Straight to TensorFlow, where a tensor's values wait in JavaScript's memory otherwise until they are needed. */
  tensorOfPieces(shape: readonly number[], pieces: Iterable<Float32Array>): Tensor {
    const dtype = DataType.float32;
    return this.createOutputTensor({
      id: this.gate.eager.createTensor(shape, dtype, pieces),
      shape: [...shape],
      dtype,
    });
  }

  override move(dataId: object, values: TensorValues, shape: number[], dtype: TfjsDataType, refCount: number): void {
    if (this.gate.tracing) this.ofTrace.add(dataId);
    super.move(dataId, values, shape, dtype, refCount);
  }

  /**
   * Values are uploaded when an operation first needs them. Where that happens in a trace, data from before has to go to
   * the eager side all the same, or its tensor would be lost with the trace.
   */
  override getInputTensorIds(tensors: readonly Tensor[]): number[] {
    if (this.gate.tracing) {
      for (const { dataId } of tensors) {
        const entry = this.tensorMap.get(dataId);
        if (entry.values === null || this.ofTrace.has(dataId)) continue;
        entry.id = this.gate.eager.createTensor(entry.shape, entry.dtype, entry.values);
        entry.values = null;
      }
    }
    return super.getInputTensorIds(tensors);
  }
}

const narrowIntegers = new Set<number>([DataType.uint16, DataType.int16, DataType.int8, DataType.uint32]);
