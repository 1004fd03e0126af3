import * as tf from '@tensorflow/tfjs-core';
import { asFloat32, dtypeOf, type HostArray } from '../array/hostArray.js';
import { hostValues } from '../augment/hostValues.js';
import { mapAuxiliary } from '../data/auxiliary.js';
import type { Batch, RowBatch } from '../data/batch.js';
import { inputPieces } from '../data/inputPieces.js';
import type { Rows } from '../data/readRows.js';
import type { Scaling } from '../data/source.js';
import { gatherResidentRows } from '../graph/gatherResidentRows.js';
import type { InputSpec } from '../graph/graph.js';
import type { ResidentArray } from '../graph/sessionVariables.js';
import type { Tracer } from '../graph/tracer.js';
import { DataType } from '../native/dataType.js';
import type { TensorValues } from '../native/nativeTensor.js';
import { augmentInStep, canAugmentInStep } from './augmentInStep.js';
import type { Examples } from './program.js';
import type { ResidentSources } from './residentSources.js';

/** Examples as feeds, and how their tensors come from the feeds. */
export interface TraceableExamples {
  /** Equal for equal shapes. */
  readonly key: string;
  readonly specs: readonly InputSpec[];
  readonly values: readonly TensorValues[];
  trace(inputs: tf.Tensor[], tracer: Tracer): Examples;
}

/** Rows of a source are fed by their numbers, since it lies in the session; all else, and rows that the step can't augment, by values. */
export async function traceableExamples(batch: Batch, residents: ResidentSources): Promise<TraceableExamples> {
  const isResident =
    batch.kind === 'rows' && (batch.augmentation === undefined || canAugmentInStep(batch.augmentation));
  return isResident ? residentExamples(batch, residents) : valueExamples(hostValues(batch));
}

async function residentExamples(batch: RowBatch, residents: ResidentSources): Promise<TraceableExamples> {
  const { source, rows, augmentation } = batch;
  const { x, y, aux, sampleWeight, scaling } = await residents.of(source);
  const augmented = augmentation === undefined ? null : augmentInStep(augmentation, batch);
  return {
    key: [x.handle.oper, rows.length, augmented?.key].join(':'),
    specs: [{ shape: [rows.length], dtype: DataType.int32 }, ...(augmented?.specs ?? [])],
    values: [rows, ...(augmented?.values ?? [])],
    trace: ([row, ...fed], tracer) => {
      const floats = (array: ResidentArray): tf.Tensor => gatherResidentRows(tracer, array, row, 'float32');
      const labels = (array: ResidentArray): tf.Tensor =>
        array.dtype === DataType.float32 ? floats(array) : gatherResidentRows(tracer, array, row, 'int32');
      const stored = floats(x);
      return {
        x: scale(augmented === null ? stored : augmented.trace(stored as tf.Tensor4D, fed, tracer), scaling),
        y: labels(y),
        ...mapAuxiliary(aux, floats, labels),
        sampleWeight: sampleWeight === null ? null : (floats(sampleWeight) as tf.Tensor1D),
      };
    },
  };
}

function valueExamples(rows: Rows): TraceableExamples {
  const { x, y, aux, sampleWeight } = rows;
  const feeds: Feed[] = [];
  /** Its place among the feeds. */
  const feed = (name: string, { shape }: Pick<HostArray, 'shape'>, dtype: number, values: TensorValues): number =>
    feeds.push({ name, spec: { shape, dtype }, values }) - 1;
  const floats = (array: HostArray, name: string): number => feed(name, array, DataType.float32, asFloat32(array.data));
  const labels = ({ data, shape }: HostArray, name: string): number => {
    const values = data instanceof Uint8Array ? Int32Array.from(data) : data;
    return feed(name, { shape }, DataType[dtypeOf(values)], values);
  };
  const place = {
    x: feed('x', x, DataType.float32, inputPieces(rows)),
    y: labels(y, 'y'),
    ...mapAuxiliary(aux, floats, labels),
    sampleWeight: sampleWeight && floats({ data: sampleWeight, shape: [sampleWeight.length] }, 'sampleWeight'),
  };
  return {
    key: feeds.map(({ name, spec: { dtype, shape } }) => `${name}:${dtype}[${shape}]`).join(),
    specs: feeds.map(({ spec }) => spec),
    values: feeds.map(({ values }) => values),
    trace(inputs) {
      const at = (place: number): tf.Tensor => inputs[place];
      return {
        x: at(place.x),
        y: at(place.y),
        ...mapAuxiliary(place.aux, at, at),
        sampleWeight: place.sampleWeight === undefined ? null : (at(place.sampleWeight) as tf.Tensor1D),
      };
    },
  };
}

/** What is fed at each run. */
interface Feed {
  readonly name: string;
  readonly spec: InputSpec;
  readonly values: TensorValues;
}

function scale(x: tf.Tensor, scaling: Scaling | undefined): tf.Tensor {
  if (scaling === undefined) return x;
  const scaled = scaling.scale === 1 ? x : tf.mul(x, tf.scalar(scaling.scale));
  if (scaling.mean === undefined) return scaled;
  return tf.sub(scaled, tf.tensor(scaling.mean.data, [...scaling.mean.shape], 'float32'));
}
