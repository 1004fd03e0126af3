import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { ResetAfterGRU } from './resetAfterGru.js';
import { type CallOptions, classOf, firstTensor } from './tfjsLayer.js';
import { zeroMasked } from './zeroMasked.js';

const GRU = classOf(layers.gru, { units: 1 });
const LSTM = classOf(layers.lstm, { units: 1 });
const SimpleRNN = classOf(layers.simpleRNN, { units: 1 });

/** What this needs of tfjs's classes, which their types hide. */
interface Fields {
  readonly returnSequences: boolean;
  readonly goBackwards: boolean;
}

type Outputs = tf.Tensor | tf.Tensor[];

/** What a recurrent layer gives, 0 where a step doesn't count; the states are left as they are. */
function zeroed(layer: layers.Layer, outputs: Outputs, { mask: given }: CallOptions): Outputs {
  if (given == null) return outputs;
  const { returnSequences, goBackwards } = layer as unknown as Fields;
  const mask = tf.cast(firstTensor(given), 'float32');
  // Sequences come in the order in which they are gone through.
  const ordered = goBackwards ? tf.reverse(mask, 1) : mask;
  const counted = returnSequences ? ordered : tf.squeeze(tf.slice(ordered, [0, (mask.shape[1] as number) - 1]), [1]);
  const [output, ...states] = [outputs].flat();
  const shown = zeroMasked(output, counted);
  return Array.isArray(outputs) ? [shown, ...states] : shown;
}

type RecurrentClass = new (args: never) => layers.Layer;

/** A class of recurrent layers with Keras's `zero_output_for_mask=True`, which tfjs lacks. */
function zeroing<Base extends RecurrentClass>(Base: Base, name: string) {
  class Zeroing extends (Base as unknown as new (args: unknown) => layers.Layer) {
    static readonly className: string = name;

    override call(inputs: Outputs, kwargs: CallOptions): Outputs {
      return tf.tidy(() => zeroed(this, super.call(inputs, kwargs as never), kwargs));
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), zeroOutputForMask: true };
    }
  }
  return Zeroing as unknown as Base & { readonly className: string };
}

/** By Keras's name of their class; GRU, which is that with `reset_after=False`, by the name that it has here. */
export const ZEROING = {
  GRU: zeroing(GRU, 'ZeroingGRU'),
  LSTM: zeroing(LSTM, 'ZeroingLSTM'),
  ResetAfterGRU: zeroing(ResetAfterGRU, 'ZeroingResetAfterGRU'),
  SimpleRNN: zeroing(SimpleRNN, 'ZeroingSimpleRNN'),
} as const;
