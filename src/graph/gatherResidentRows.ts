import type { Tensor } from '@tensorflow/tfjs-core';
import { DataType } from '../native/dataType.js';
import { typeAttribute } from '../native/executor.js';
import type { ResidentArray } from './sessionVariables.js';
import type { Tracer } from './tracer.js';

/** Rows of an array that lies in the session, in another number type: `[rows.length, ...shape.slice(1)]`. */
export function gatherResidentRows(
  tracer: Tracer,
  { handle, dtype, shape }: ResidentArray,
  rows: Tensor,
  as: 'float32' | 'int32',
): Tensor {
  const types = [typeAttribute('dtype', dtype), typeAttribute('Tindices', DataType.int32)];
  const [gathered] = tracer.add('ResourceGather', types, [handle, tracer.output(rows)]);
  const full = { ...gathered, shape: [rows.shape[0], ...shape.slice(1)] };
  if (dtype === DataType[as]) return tracer.tensor(full);
  const [cast] = tracer.add('Cast', [typeAttribute('SrcT', dtype), typeAttribute('DstT', DataType[as])], [full]);
  return tracer.tensor({ ...cast, shape: full.shape });
}
