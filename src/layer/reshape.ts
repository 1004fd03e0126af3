import { layers } from '@tensorflow/tfjs-layers';

/** tfjs exports the function that makes the layer alone, not its class. */
const TfjsReshape = layers.reshape({ targetShape: [1] }).constructor as new (
  args: Parameters<typeof layers.reshape>[0],
) => layers.Layer;

type Shape = (number | null)[];

/** tfjs's Reshape, which leaves a length of −1 open even where it follows from the input's, so that no layer fits behind it. */
export class Reshape extends TfjsReshape {
  static readonly className = 'Reshape';

  override computeOutputShape(shape: Shape | Shape[]): Shape | Shape[] {
    const [batch, ...rest] = shape as Shape;
    if (rest.includes(null)) return super.computeOutputShape(shape);
    return [batch, ...(super.computeOutputShape([1, ...rest]) as Shape).slice(1)];
  }
}
