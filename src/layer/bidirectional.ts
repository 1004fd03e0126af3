import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { classOf, firstTensor } from './tfjsLayer.js';
import { zeroMasked } from './zeroMasked.js';

const TfjsBidirectional = classOf(layers.bidirectional, { layer: layers.lstm({ units: 1 }), mergeMode: 'concat' });

type Outputs = tf.Tensor | tf.Tensor[];

/**
 * Keras's Bidirectional: where it returns sequences, it gives 0 at steps that don't count; tfjs's own repeats the step before.
 *
 * Source: `force_zero_output_for_mask` in keras/src/layers/rnn/bidirectional.py.
 */
export class Bidirectional extends TfjsBidirectional {
  static readonly className = 'Bidirectional';

  override call(inputs: Outputs, kwargs: { readonly mask?: Outputs | null }): Outputs {
    return tf.tidy(() => {
      const outputs = super.call(inputs, kwargs as never);
      return kwargs.mask == null ? outputs : withoutMasked(this, outputs, firstTensor(kwargs.mask));
    });
  }
}

/** What this needs of tfjs's class, which its types hide. */
interface Fields {
  readonly returnSequences: boolean;
  readonly mergeMode?: string | null;
}

/** What comes out of a Bidirectional of any class, 0 at the masked steps of its sequences; states are left as they are. */
export function withoutMasked(layer: layers.Layer, outputs: Outputs, mask: tf.Tensor): Outputs {
  const { returnSequences, mergeMode } = layer as unknown as Fields;
  if (!returnSequences) return outputs;
  const sequences = mergeMode == null ? 2 : 1;
  const shown = [outputs].flat().map((output, i) => (i < sequences ? zeroMasked(output, mask) : output));
  return Array.isArray(outputs) ? shown : shown[0];
}
