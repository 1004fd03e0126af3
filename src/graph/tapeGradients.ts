import * as tf from '@tensorflow/tfjs-core';
import '#tfjs-gradients';
import { mendCpuKernels } from '../kernel/mendCpuKernels.js';
import { orderTape } from './orderTape.js';

/** As TensorFlow shares it: equal extremes get equal parts. */
function gradientOfExtreme(dy: tf.Tensor, [x, y]: tf.Tensor[], attributes: tf.NamedAttrMap) {
  const axes = tf.util.parseAxisParam((attributes.reductionIndices ?? attributes.axis) as number | number[], x.shape);
  const shape = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  return {
    x: () => {
      const isExtreme = tf.cast(tf.equal(x, tf.reshape(y, shape)), 'float32');
      const share = tf.div(tf.reshape(dy, shape), tf.sum(isExtreme, axes, true));
      return tf.mul(isExtreme, share);
    },
  };
}

/** Of the larger or smaller one of two; where they are equal it is the first one's, as in tfjs and TensorFlow. */
const gradientOfPair =
  (isFirst: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
  (dy: tf.Tensor, [a, b]: tf.Tensor[]) => {
    const first = (): tf.Tensor => tf.cast(isFirst(a, b), 'float32');
    return {
      a: () => sumTo(tf.mul(dy, first()), a.shape),
      b: () => sumTo(tf.mul(dy, tf.sub(1, first())), b.shape),
    };
  };

/** Sums along the axes along which a tensor of the shape was repeated. */
function sumTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), shape);
}

/** A tensor that was cut into one slice is given that slice's gradient alone, not in a list; tfjs's own stacks no other than lists. */
const gradientOfUnpack = (dy: tf.Tensor | tf.Tensor[], _: tf.Tensor[], { axis }: tf.NamedAttrMap) => ({
  value: () => tf.stack([dy].flat(), axis as number),
});

/** What is true or false doesn't change where numbers change a little: a mask made of what is trained has no gradient, and stops none. */
const gradientOfTruth = (names: readonly string[]) => ({
  inputsToSave: names,
  gradFunc: (_: tf.Tensor, saved: tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, () => tf.zeros(saved[i].shape)])),
});

/**
 * Resizing multiplies rows and columns with matrices; its gradient with the same ones, transposed. tfjs's own kernels leave
 * `halfPixelCenters` out of account, and in plain JavaScript confuse heights with widths and the examples of a batch.
 */
const gradientOfResizing =
  (resize: typeof tf.image.resizeBilinear) =>
  (dy: tf.Tensor, [images]: tf.Tensor[], { alignCorners, halfPixelCenters }: tf.NamedAttrMap) => {
    const [batch, height, width, channels] = images.shape;
    const [, rows, columns] = dy.shape;
    const weights = (from: number, to: number): tf.Tensor => {
      const identity = tf.expandDims(tf.eye(from), -1) as tf.Tensor3D;
      return tf.squeeze(resize(identity, [to, from], alignCorners as boolean, halfPixelCenters as boolean), [2]);
    };
    return {
      images: () => {
        const byRows = tf.matMul(weights(height, rows), tf.reshape(dy, [batch, rows, -1]), true);
        const byColumns = tf.matMul(weights(width, columns), tf.reshape(byRows, [batch * height, columns, -1]), true);
        return tf.reshape(byColumns, [batch, height, width, channels]);
      },
    };
  };

/** tfjs's own permutes the axes of sums along another axis than the last one. */
const gradientOfCumsum = (dy: tf.Tensor, _: tf.Tensor[], { axis, exclusive, reverse }: tf.NamedAttrMap) => ({
  x: () => tf.cumsum(dy, axis as number, exclusive as boolean, !reverse),
});

/** tfjs's own has the shape of the difference, also where one of the two was broadcast. */
const gradientOfSquaredDifference = (dy: tf.Tensor, [a, b]: tf.Tensor[]) => {
  const slope = (): tf.Tensor => tf.mul(dy, tf.mul(2, tf.sub(a, b)));
  return { a: () => sumTo(slope(), a.shape), b: () => sumTo(tf.neg(slope()), b.shape) };
};

/** The gradient of ELU is an operation of its own, without one in tfjs. Below zero it is dy · (y + 1). */
const gradientOfEluGradient = (ddy: tf.Tensor, [dy, y]: tf.Tensor[]) => {
  const isCurved = (): tf.Tensor => tf.cast(tf.less(y, 0), 'float32');
  return {
    dy: () => tf.mul(ddy, tf.add(1, tf.mul(y, isCurved()))),
    y: () => tf.mul(tf.mul(ddy, dy), isCurved()),
  };
};

/**
 * Which side it is on what comes out tells, too. In a graph it is to: TensorFlow fuses a layer with its activation, and fails for want
 * of what stood between where anything else takes that.
 */
const gradientOfLeakyRelu = (dy: tf.Tensor, [x, y]: tf.Tensor[], { alpha }: tf.NamedAttrMap) => ({
  x: () => tf.where(tf.greater((alpha as number) < 0 ? x : y, 0), dy, tf.mul(dy, alpha as number)),
});

const extreme = { inputsToSave: ['x'], outputsToSave: [true], gradFunc: gradientOfExtreme };
const pair = (isFirst: typeof tf.greaterEqual) => ({ inputsToSave: ['a', 'b'], gradFunc: gradientOfPair(isFirst) });

const GRADIENTS = [
  { kernelName: 'Max', ...extreme },
  { kernelName: 'Min', ...extreme },
  { kernelName: 'Maximum', ...pair(tf.greaterEqual) },
  { kernelName: 'Minimum', ...pair(tf.lessEqual) },
  { kernelName: 'ResizeBilinear', inputsToSave: ['images'], gradFunc: gradientOfResizing(tf.image.resizeBilinear) },
  {
    kernelName: 'ResizeNearestNeighbor',
    inputsToSave: ['images'],
    gradFunc: gradientOfResizing(tf.image.resizeNearestNeighbor),
  },
  { kernelName: 'Cumsum', gradFunc: gradientOfCumsum },
  { kernelName: 'SquaredDifference', inputsToSave: ['a', 'b'], gradFunc: gradientOfSquaredDifference },
  { kernelName: 'EluGrad', inputsToSave: ['dy', 'y'], gradFunc: gradientOfEluGradient },
  { kernelName: 'LeakyRelu', inputsToSave: ['x'], outputsToSave: [true], gradFunc: gradientOfLeakyRelu },
  { kernelName: 'Unpack', gradFunc: gradientOfUnpack },
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map(
    kernelName => ({ kernelName, ...gradientOfTruth(['a', 'b']) }),
  ),
  ...['LogicalNot', 'Any', 'All'].map(kernelName => ({ kernelName, ...gradientOfTruth(['x']) })),
] as unknown as readonly tf.GradConfig[];

/**
 * Puts TensorFlow's gradients in place of some of tfjs's, which gives each of several equal extremes the whole gradient, what Maximum and
 * Minimum have broadcast one of another shape, and comparisons and a single slice none but an error; and wrong ones to what is resized.
 * To be called before tfjs's tape is used: tfjs-layers registers tfjs's own anew when it is loaded.
 */
export function mendTapeGradients(): void {
  mendCpuKernels();
  orderTape();
  for (const gradient of GRADIENTS) {
    const known = tf.getGradient(gradient.kernelName);
    if (known === gradient) continue;
    if (known != null) tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}
