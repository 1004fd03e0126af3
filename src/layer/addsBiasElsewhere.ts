import type { Shape } from './tfjsLayer.js';

/**
 * Whether Keras's `add` on TensorFlow would add a bias along another axis than it belongs to: it takes one that has a single axis longer
 * than 1 for a bias of channels wherever it finds as many, last or right behind the batch.
 *
 * Source: `add` in keras/src/backend/tensorflow/numpy.py.
 *
 * @param bias shape of a bias that goes with the last axes of what it is added to
 * @param output shape of that
 */
export function addsBiasElsewhere(bias: readonly number[], output: Shape): boolean {
  const long = bias.flatMap((length, axis) => (length > 1 ? [axis + output.length - bias.length] : []));
  const [axis, ...more] = long;
  if (axis === undefined || more.length > 0) return false;
  const length = output[axis];
  const found = [output.length - 1, 1].find(place => output[place] === length);
  return found !== undefined && found !== axis;
}
