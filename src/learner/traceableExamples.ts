import * as tf from '@tensorflow/tfjs-core';
import { dtypeOf } from '../array/hostArray.js';
import { hostValues } from '../augment/hostValues.js';
import type { Batch, RowBatch } from '../data/batch.js';
import { inputPieces } from '../data/inputPieces.js';
import type { Rows } from '../data/readRows.js';
import type { Scaling } from '../data/source.js';
import { gatherResidentRows } from '../graph/gatherResidentRows.js';
import type { InputSpec } from '../graph/graph.js';
import type { Tracer } from '../graph/tracer.js';
import { DataType } from '../native/dataType.js';
import type { TensorValues } from '../native/nativeTensor.js';
import { augmentInStep, canAugmentInStep } from './augmentInStep.js';
import type { ResidentSources } from './residentSources.js';
import type { Examples } from './stepProgram.js';

/** Examples as feeds, and how their tensors come from the feeds. */
export interface TraceableExamples {
  /** Equal for equal shapes. */
  readonly key: string;
  readonly specs: readonly InputSpec[];
  readonly values: readonly TensorValues[];
  trace(inputs: tf.Tensor[], tracer: Tracer): Omit<Examples, 'form'>;
}

/** Rows of a source are fed by their numbers, since it lies in the session; all else, and rows that the step can't augment, by values. */
export async function traceableExamples(batch: Batch, residents: ResidentSources): Promise<TraceableExamples> {
  const isResident =
    batch.kind === 'rows' && (batch.augmentation === undefined || canAugmentInStep(batch.augmentation));
  return isResident ? residentExamples(batch, residents) : valueExamples(hostValues(batch));
}

async function residentExamples(batch: RowBatch, residents: ResidentSources): Promise<TraceableExamples> {
  const { source, rows, augmentation } = batch;
  const { x, y, sampleWeight, scaling } = await residents.of(source);
  const augmented = augmentation === undefined ? null : augmentInStep(augmentation, batch);
  return {
    key: [x.handle.oper, rows.length, augmented?.key].join(':'),
    specs: [{ shape: [rows.length], dtype: DataType.int32 }, ...(augmented?.specs ?? [])],
    values: [rows, ...(augmented?.values ?? [])],
    trace: ([row, ...fed], tracer) => {
      const stored = gatherResidentRows(tracer, x, row, 'float32');
      return {
        x: scale(augmented === null ? stored : augmented.trace(stored as tf.Tensor4D, fed, tracer), scaling),
        y: gatherResidentRows(tracer, y, row, y.dtype === DataType.float32 ? 'float32' : 'int32'),
        sampleWeight:
          sampleWeight === null ? null : (gatherResidentRows(tracer, sampleWeight, row, 'float32') as tf.Tensor1D),
      };
    },
  };
}

function valueExamples(rows: Rows): TraceableExamples {
  const { x, y, sampleWeight } = rows;
  const labels = y.data instanceof Uint8Array ? Int32Array.from(y.data) : y.data;
  const specs = [
    { shape: x.shape, dtype: DataType.float32 },
    { shape: y.shape, dtype: DataType[dtypeOf(labels)] },
  ];
  if (sampleWeight !== undefined) specs.push({ shape: [sampleWeight.length], dtype: DataType.float32 });
  return {
    key: specs.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(),
    specs,
    values: [inputPieces(rows), labels, ...(sampleWeight === undefined ? [] : [sampleWeight])],
    trace: ([xs, ys, weights]) => ({ x: xs, y: ys, sampleWeight: (weights as tf.Tensor1D | undefined) ?? null }),
  };
}

function scale(x: tf.Tensor, scaling: Scaling | undefined): tf.Tensor {
  if (scaling === undefined) return x;
  const scaled = scaling.scale === 1 ? x : tf.mul(x, tf.scalar(scaling.scale));
  if (scaling.mean === undefined) return scaled;
  return tf.sub(scaled, tf.tensor(scaling.mean.data, [...scaling.mean.shape], 'float32'));
}
