import { sizeOf } from '../array/hostArray.js';
import { DataType } from '../native/dataType.js';
import { intAttribute, textAttribute, typeAttribute } from '../native/executor.js';
import type { Pointer } from '../native/signatures.js';
import type { Graph, Output } from './graph.js';
import { isUnstrided } from './isUnstrided.js';
import { type OperationSink, reshape, sinkOf, sum, transpose } from './operationSink.js';

/**
 * Computes the gradient by a convolution's 3×3 kernels as a convolution: of the pictures, with what comes back as its kernel. On
 * processors without AVX-512 oneDNN's own primitive reaches half of what its convolutions do.
 *
 * It goes over rows, columns and input channels, and adds up over examples: `[1, rows, columns, inputs, examples]` with
 * `[rows, columns, 1, examples, outputs]` gives `[1, 3, 3, inputs, outputs]`. A few rows at a time, since oneDNN goes through the
 * kernel for each group of channels, and it is to stay in the core's cache meanwhile.
 *
 * Done when the gradients are there, like `pointwiseGradients`.
 *
 * @param threads of an operation
 */
export function kernelGradients(graph: Graph, operations: readonly Pointer[], threads: number): void {
  if (threads > MOST_THREADS) return;
  for (const operation of operations) {
    if (graph.type(operation) !== 'Conv2DBackpropFilter') continue;
    const [gradient] = graph.outputs(operation);
    const x = graph.input(operation, 0);
    if (!isPlain(graph, gradient) || !isWorthwhile(gradient.shape, x.shape, threads)) continue;
    graph.redirect(graph.consumers(gradient), convolve(graph, gradient));
  }
}

/** The convolution has nine places, each for one thread: more threads would wait for the last. */
const MOST_THREADS = 4;

const isPlain = (graph: Graph, { oper, shape: [rows, columns], dtype }: Output): boolean =>
  dtype === DataType.float32 && rows === 3 && columns === 3 && isUnstrided(graph, oper);

/**
 * Whether there is enough to compute for each number that has to be moved. Measured with 16 to 512 channels of pictures of 4×4 to
 * 224×224 in batches of 2 to 128: it takes a quarter of the time (large pictures) to 0.95 of it.
 */
export function isWorthwhile(kernel: readonly number[], x: readonly number[], threads: number): boolean {
  if (x.includes(-1) || sizeOf(x) > MOST_NUMBERS) return false;
  const [rows, columns, inputs, outputs] = kernel;
  const [examples, inRows, inColumns] = x;
  const work = (rows * columns * inputs * outputs) / (inputs + 2 * outputs);
  if (threads > 1) return work >= (inRows * inColumns >= LARGE ? MUCH / 2 : MUCH);
  return work >= Math.min(MUCH, 6 * Math.max(16, examples));
}

/** Numbers of pictures, of which a copy or two are made: of more than was measured they would be missed elsewhere. */
const MOST_NUMBERS = 2 ** 24;
/** That of 128 channels to as many. */
const MUCH = 384;
/** Places of a picture that occupies several threads. */
const LARGE = 1024;

/** Bytes of what stays in a core's cache: half of the 512 KB that most have. */
const CACHED = 2 ** 18;

function convolve(graph: Graph, { oper, shape }: Output): Output {
  const sink = sinkOf(graph);
  const [x, dy] = [graph.input(oper, 0), graph.input(oper, 2)];
  const margin = graph.text(oper, 'padding') === 'SAME' ? 1 : 0;
  const [examples, inRows, inColumns, inputs] = x.shape;
  const [rows, columns, outputs] = [inRows + 2 * margin - 2, inColumns + 2 * margin - 2, shape[3]];

  const turned = transpose(reshape(x, [examples, inRows * inColumns * inputs], sink), [1, 0], sink);
  const pictures = padded(reshape(turned, [inRows, inColumns, inputs * examples], sink), margin, sink);
  const places = transpose(reshape(dy, [examples, rows * columns, outputs], sink), [1, 0, 2], sink);
  const kernels = reshape(places, [rows, columns * examples * outputs], sink);

  const step = Math.ceil(rows / Math.ceil((rows * columns * examples * outputs * 4) / CACHED));
  const sums: Output[] = [];
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row);
    const input = [1, count + 2, columns + 2, inputs, examples];
    const kernel = [count, columns, 1, examples, outputs];
    sums.push(
      convolution(
        reshape(rowsOf(pictures, row, count + 2, sink), input, sink),
        reshape(rowsOf(kernels, row, count, sink), kernel, sink),
        sink,
      ),
    );
  }
  return reshape(sum(sums, sink), shape, sink);
}

/** Rows and columns of zeros all around. */
function padded(pictures: Output, margin: number, sink: OperationSink): Output {
  if (margin === 0) return pictures;
  const attributes = [typeAttribute('T', pictures.dtype), typeAttribute('Tpaddings', DataType.int32)];
  const margins = reshape(sink.constant(Int32Array.of(margin, margin, margin, margin, 0, 0)), [3, 2], sink);
  return sink.add({ type: 'Pad', attributes, inputs: [pictures, margins] })[0];
}

/** Of rows that lie one behind the other in memory, nothing is copied. */
function rowsOf(x: Output, first: number, count: number, sink: OperationSink): Output {
  if (count === x.shape[0]) return x;
  const attributes = [typeAttribute('T', x.dtype), typeAttribute('Index', DataType.int32)];
  const sizes = [count, ...x.shape.slice(1)];
  const begin = sizes.map((_, axis) => (axis === 0 ? first : 0));
  const bounds = [begin, sizes].map(numbers => sink.constant(Int32Array.from(numbers)));
  return sink.add({ type: 'Slice', attributes, inputs: [x, ...bounds] })[0];
}

function convolution(x: Output, kernel: Output, sink: OperationSink): Output {
  const attributes = [
    typeAttribute('T', x.dtype),
    intAttribute('strides', [1, 1, 1, 1, 1]),
    textAttribute('padding', 'VALID'),
  ];
  return sink.add({ type: 'Conv3D', attributes, inputs: [x, kernel] })[0];
}
