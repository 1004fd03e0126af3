import { layers } from '@tensorflow/tfjs-layers';
import { classOf, type Shape } from './tfjsLayer.js';

const TfjsReshape = classOf(layers.reshape, { targetShape: [1] });

/** tfjs's Reshape, which leaves a length of −1 open even where it follows from the input's, so that no layer fits behind it. */
export class Reshape extends TfjsReshape {
  static readonly className = 'Reshape';

  override computeOutputShape(shape: Shape | Shape[]): Shape | Shape[] {
    const [batch, ...rest] = shape as Shape;
    if (rest.includes(null)) return super.computeOutputShape(shape);
    return [batch, ...(super.computeOutputShape([1, ...rest]) as Shape).slice(1)];
  }
}
