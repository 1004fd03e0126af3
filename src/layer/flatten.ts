import { layers } from '@tensorflow/tfjs-layers';
import { classOf } from './tfjsLayer.js';

const TfjsFlatten = classOf(layers.flatten, {});

/** tfjs's Flatten, which refuses vectors; Keras's leaves them as they are. */
export class Flatten extends TfjsFlatten {
  static readonly className = 'Flatten';

  constructor(args: Parameters<typeof layers.flatten>[0] = {}) {
    super(args);
    this.inputSpec = [{ minNDim: 2 }] as typeof this.inputSpec;
  }
}
