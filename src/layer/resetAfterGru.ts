import * as tf from '@tensorflow/tfjs-core';
import { type constraints, type initializers, layers, type regularizers } from '@tensorflow/tfjs-layers';
import { type CallOptions, classOf, type LayerWeight, type Shape } from './tfjsLayer.js';

const GRUCell = classOf(layers.gruCell, { units: 1 });
const GRU = classOf(layers.gru, { units: 1 });

/** What this needs of tfjs's classes, which their types hide. */
interface Cell {
  readonly units: number;
  useBias: boolean;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly biasInitializer: ReturnType<typeof initializers.zeros>;
  readonly biasRegularizer: ReturnType<typeof regularizers.l2>;
  readonly biasConstraint: ReturnType<typeof constraints.nonNeg>;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly kernel: LayerWeight;
  readonly recurrentKernel: LayerWeight;
  bias: LayerWeight | null;
  readonly dropoutFunc?: DropoutFunction;
  /** Those of one sequence; the layer around the cell takes them away before the next. */
  dropoutMask: tf.Tensor[] | null;
  recurrentDropoutMask: tf.Tensor[] | null;
}

type DropoutFunction = (x: tf.Tensor, rate: number) => tf.Tensor;

interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
}

/** Where tfjs has others. */
const KERAS_DEFAULTS = { recurrentActivation: 'sigmoid', kernelInitializer: 'glorotUniform' } as const;

/**
 * The cell of {@link ResetAfterGRU}, for `tf.layers.rnn`. Inputs `[batch, features]` and the state `[batch, units]`; its bias is
 * `[2, 3 · units]`, for the input's product and the state's.
 */
export class ResetAfterGRUCell extends GRUCell {
  static readonly className = 'ResetAfterGRUCell';

  constructor(args: ConstructorParameters<typeof GRUCell>[0]) {
    super({ ...KERAS_DEFAULTS, ...args, resetAfter: false });
  }

  override build(inputShape: Shape | Shape[]): void {
    const cell = this as unknown as Cell;
    const { useBias, units, biasInitializer, biasRegularizer, biasConstraint } = cell;
    // The bias of tfjs's own cell has another shape.
    cell.useBias = false;
    super.build(inputShape);
    cell.useBias = useBias;
    if (!useBias) return;
    cell.bias = this.addWeight(
      'bias',
      [2, 3 * units],
      undefined,
      biasInitializer,
      biasRegularizer,
      true,
      biasConstraint,
    );
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false }: CallOptions): tf.Tensor[] {
    return tf.tidy(() => {
      const cell = this as unknown as Cell;
      const [x, before] = inputs as tf.Tensor[];
      if (training) {
        cell.dropoutMask ??= dropoutMask(x, cell.dropout, cell.dropoutFunc);
        cell.recurrentDropoutMask ??= dropoutMask(before, cell.recurrentDropout, cell.dropoutFunc);
      }
      const [inputBias, stateBias] = cell.bias === null ? [] : tf.unstack(cell.bias.read());
      const [xz, xr, xh] = gates(masked(x, cell.dropoutMask), cell.kernel, inputBias);
      const [hz, hr, hh] = gates(masked(before, cell.recurrentDropoutMask), cell.recurrentKernel, stateBias);
      const update = cell.recurrentActivation.apply(tf.add(xz, hz));
      const reset = cell.recurrentActivation.apply(tf.add(xr, hr));
      const candidate = cell.activation.apply(tf.add(xh, tf.mul(reset, hh)));
      const after = tf.add(tf.mul(update, before), tf.mul(tf.sub(1, update), candidate));
      return [after, after];
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), resetAfter: true };
  }
}

/** Products and biases for the update gate, the reset gate and the candidate. */
function gates(x: tf.Tensor, kernel: LayerWeight, bias: tf.Tensor | undefined): tf.Tensor[] {
  const product = tf.matMul(x as tf.Tensor2D, kernel.read() as tf.Tensor2D);
  return tf.split(bias === undefined ? product : tf.add(product, bias), 3, -1);
}

const dropoutMask = (like: tf.Tensor, rate: number, draw: DropoutFunction = tf.dropout): tf.Tensor[] | null =>
  rate > 0 && rate < 1 ? [tf.keep(draw(tf.onesLike(like), rate))] : null;

const masked = (x: tf.Tensor, mask: tf.Tensor[] | null): tf.Tensor => (mask === null ? x : tf.mul(x, mask[0]));

/**
 * Keras's GRU with `reset_after=True`, its default, which tfjs refuses: the reset gate acts on the product of state and weights
 * instead of on the state. Arguments are those of `tf.layers.gru`, with Keras's defaults: `recurrentActivation: 'sigmoid'`.
 *
 * Source: keras/src/layers/rnn/gru.py; Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical
 * Machine Translation", 2014, version 3.
 */
export class ResetAfterGRU extends GRU {
  static readonly className = 'ResetAfterGRU';

  constructor(args: ConstructorParameters<typeof GRU>[0]) {
    super({ ...args, resetAfter: false } as typeof args);
    Object.assign(this, { cell: new ResetAfterGRUCell(args) });
  }
}
