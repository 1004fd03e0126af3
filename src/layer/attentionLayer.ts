import * as tf from '@tensorflow/tfjs-core';
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type AttentionMasks, attentionMasks } from './attentionMasks.js';
import { layerProblem } from './layerProblem.js';
import type { LayerArgs, Shape } from './tfjsLayer.js';

export type AttentionLayerArgs = LayerArgs & {
  /** Fraction of the weights of attention that is dropped in training, from [0, 1). Default 0. */
  readonly dropout?: number;
  /** No step sees those after it. An argument of the call in Keras. Default false. */
  readonly useCausalMask?: boolean;
  /** Which of the layer's inputs are query, value and key, as `getConfig` has it; else that comes of the first call. */
  readonly places?: readonly number[];
};

/** Draws what is left of numbers in training. */
type DropoutFunction = (x: tf.Tensor, rate: number) => tf.Tensor;

/** Query, value and key, in Keras's order. */
export type Roles<T> = readonly [query: T, value: T, key: T];

/**
 * A layer that is called with a query and a value, and maybe a key: `layer.apply([query, value, key])`. Where there is no key it is
 * the value; where there is one tensor alone, it is all three. tfjs would free a tensor too early that stands twice among the inputs,
 * so that each stands there once, whatever it is used for.
 */
export abstract class AttentionLayer extends layers.Layer {
  protected readonly dropout: number;
  protected readonly useCausalMask: boolean;
  /** Places of query, value and, where there is one, key among the inputs. */
  places: readonly number[] | undefined;
  /** Lent for the length of a training step; tfjs's own draws on the host. */
  dropoutFunc: DropoutFunction | undefined;

  /** @throws InvalidArgumentError where the rate of dropout isn't from [0, 1) */
  constructor(args: AttentionLayerArgs) {
    super(args);
    this.supportsMasking = true;
    const { dropout = 0, useCausalMask = false, places } = args;
    this.dropout = dropout;
    this.useCausalMask = useCausalMask;
    this.places = places ?? undefined;
    if (!(dropout >= 0 && dropout < 1)) throw layerProblem(this, `its dropout is ${dropout}; it must be from [0, 1)`);
  }

  /** @throws InvalidArgumentError where it is called with other than one to three tensors, or another time in another way */
  override apply<T extends tf.Tensor | tf.Tensor[] | SymbolicTensor | SymbolicTensor[]>(
    inputs: T,
    kwargs?: Parameters<layers.Layer['apply']>[1],
  ): tf.Tensor | tf.Tensor[] | SymbolicTensor | SymbolicTensor[] {
    const list = [inputs].flat() as (tf.Tensor | SymbolicTensor)[];
    if (list[0] instanceof tf.Tensor) return super.apply(inputs, kwargs);
    const distinct = [...new Set(list)] as SymbolicTensor[];
    this.#place(list.map(input => distinct.indexOf(input as SymbolicTensor)));
    return super.apply(distinct.length === 1 ? distinct[0] : distinct, kwargs);
  }

  override computeMask(_: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return ([mask].flat()[0] ?? null) as unknown as tf.Tensor;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { dropout, useCausalMask, places } = this;
    return { ...super.getConfig(), dropout, useCausalMask, ...(places === undefined ? {} : { places: [...places] }) };
  }

  /** Query, value and key of what the layer is called with, or of its shapes. */
  protected roles<T>(inputs: readonly T[]): Roles<T> {
    const { places = inputs.length === 1 ? [0, 0] : inputs.map((_, i) => i) } = this;
    const [query, value, key = value] = places.map(place => inputs[place]);
    return [query, value, key];
  }

  protected shapes(shape: Shape | Shape[]): Roles<Shape> {
    return this.roles((Array.isArray(shape[0]) ? shape : [shape]) as Shape[]);
  }

  /** Which of query, value and key have a mask in Keras, and the mask. */
  protected masks(mask: tf.Tensor | tf.Tensor[] | null | undefined, query: tf.Tensor): AttentionMasks {
    return attentionMasks(this, { mask: [mask].flat()[0] ?? null, query });
  }

  /** Weights of attention, less what is dropped in training. */
  protected dropped(weights: tf.Tensor, training: boolean | undefined): tf.Tensor {
    if (training !== true || this.dropout === 0) return weights;
    return (this.dropoutFunc ?? tf.dropout)(weights, this.dropout);
  }

  #place(given: readonly number[]): void {
    if (given.length > 3) {
      throw layerProblem(this, `it is called with ${given.length} tensors; give it a query, a value and, maybe, a key`);
    }
    const { places } = this;
    const isAsBefore =
      places !== undefined && given.every((place, i) => place === i) && given.length === Math.max(...places) + 1;
    if (isAsBefore) return;
    const found = given.length === 1 ? [0, 0] : given.length === 3 && given[2] === given[1] ? given.slice(0, 2) : given;
    if (places !== undefined && `${places}` !== `${found}`) {
      throw layerProblem(
        this,
        `of its inputs, query, value and key are numbers ${found}, at first they were ${places}; use a layer for each way to call it`,
      );
    }
    this.places = found;
  }
}

/** Shapes in a message. */
export const shown = ([query, value, key]: Roles<Shape>): string =>
  `its query of shape [${query}], value [${value}] and key [${key}]`;

/** Whether lengths are the same as far as they are known. */
export const fits = (a: Shape, b: Shape): boolean =>
  a.every((length, axis) => length === null || b[axis] === null || length === b[axis]);
