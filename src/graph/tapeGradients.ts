import * as tf from '@tensorflow/tfjs-core';
import '#tfjs-gradients';

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

const extreme = { inputsToSave: ['x'], outputsToSave: [true], gradFunc: gradientOfExtreme };
const pair = (isFirst: typeof tf.greaterEqual) => ({ inputsToSave: ['a', 'b'], gradFunc: gradientOfPair(isFirst) });

const GRADIENTS = [
  { kernelName: 'Max', ...extreme },
  { kernelName: 'Min', ...extreme },
  { kernelName: 'Maximum', ...pair(tf.greaterEqual) },
  { kernelName: 'Minimum', ...pair(tf.lessEqual) },
  { kernelName: 'Unpack', gradFunc: gradientOfUnpack },
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map(
    kernelName => ({ kernelName, ...gradientOfTruth(['a', 'b']) }),
  ),
  ...['LogicalNot', 'Any', 'All'].map(kernelName => ({ kernelName, ...gradientOfTruth(['x']) })),
] as unknown as readonly tf.GradConfig[];

/**
 * Puts TensorFlow's gradients in place of some of tfjs's, which gives each of several equal extremes the whole gradient, what Maximum and
 * Minimum have broadcast one of another shape, and comparisons and a single slice none but an error. To be called before tfjs's tape is
 * used: tfjs-layers registers tfjs's own anew when it is loaded.
 */
export function mendTapeGradients(): void {
  for (const gradient of GRADIENTS) {
    const known = tf.getGradient(gradient.kernelName);
    if (known === gradient) continue;
    if (known != null) tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}
