import { DataType } from '../native/dataType.js';
import { boolAttribute, typeAttribute } from '../native/executor.js';
import type { Graph, Operation, Output } from './graph.js';

/** Where operations go. */
export interface OperationSink {
  add(operation: Operation): Output[];
  constant(values: Int32Array): Output;
}

export const sinkOf = (graph: Graph): OperationSink => ({
  add: operation => graph.add(operation),
  constant: values => graph.constant(DataType.int32, [values.length], values),
});

/** The same values in another shape; `x` itself where that is its own. */
export function reshape(x: Output, shape: readonly number[], sink: OperationSink): Output {
  if (sameShape(x.shape, shape)) return x;
  const attributes = [typeAttribute('T', x.dtype), typeAttribute('Tshape', DataType.int32)];
  return sink.add({ type: 'Reshape', attributes, inputs: [x, sink.constant(Int32Array.from(shape))] })[0];
}

export const sameShape = (a: readonly number[], b: ArrayLike<number>): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The axes in another order. */
export function transpose(x: Output, order: readonly number[], sink: OperationSink): Output {
  const attributes = [typeAttribute('T', x.dtype), typeAttribute('Tperm', DataType.int32)];
  return sink.add({ type: 'Transpose', attributes, inputs: [x, sink.constant(Int32Array.from(order))] })[0];
}

/** aᵀ · b */
export function transposedProduct(a: Output, b: Output, sink: OperationSink): Output {
  const attributes = [typeAttribute('T', a.dtype), boolAttribute('transpose_a', true)];
  return sink.add({ type: 'MatMul', attributes, inputs: [a, b] })[0];
}

/** Of tensors of one shape. */
export function sum(parts: readonly Output[], sink: OperationSink): Output {
  if (parts.length === 1) return parts[0];
  return sink.add({ type: 'AddN', attributes: [typeAttribute('T', parts[0].dtype)], inputs: [parts] })[0];
}
