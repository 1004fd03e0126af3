import type { Pointer } from '../native/signatures.js';
import type { Graph } from './graph.js';

/** Whether a two-dimensional convolution, or a gradient of one, goes place by place, with channels last and padded as usual. */
export const isUnstrided = (graph: Graph, convolution: Pointer): boolean =>
  graph.text(convolution, 'padding') !== 'EXPLICIT' &&
  graph.text(convolution, 'data_format') === 'NHWC' &&
  graph.numbers(convolution, 'strides', 4).every(step => step === 1);
