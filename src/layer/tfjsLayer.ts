import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** What every layer of tfjs is made with. */
export type LayerArgs = ConstructorParameters<typeof layers.Layer>[0];

/** A layer's weight, a type that tfjs doesn't export; `T` where its rank is known. */
export type LayerWeight<T extends tf.Tensor = tf.Tensor> = { read(): T } & layers.Layer['weights'][number];

/** As tfjs's layers tell shapes: null where a length is open. */
export type Shape = (number | null)[];

/** What tfjs calls a layer with, beside its inputs. */
export interface CallOptions {
  readonly training?: boolean;
  /** Of sequences, which of their steps count: `[batch, steps]`, one for each input. */
  readonly mask?: tf.Tensor | tf.Tensor[] | null;
}

/** One tensor, alone or in a list, as tfjs hands it to a layer. */
export const firstTensor = (inputs: unknown): tf.Tensor => (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;

/** The class of the layers that a function of tfjs makes, to be extended: tfjs exports the function alone. */
export const classOf = <Args>(
  make: (args: Args) => layers.Layer,
  args: NoInfer<Args>,
): (new (
  args: Args,
) => layers.Layer) => make(args).constructor as new (args: Args) => layers.Layer;
