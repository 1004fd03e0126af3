import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { sizeOf } from '../array/hostArray.js';
import { addsBiasElsewhere } from './addsBiasElsewhere.js';
import { axisLengths, type Equation, parseEquation, plainEquation } from './einsumEquation.js';
import { asMatrix, type KernelArgs, type KernelOptions, kernelOptions, weightOptions } from './kernelOptions.js';
import { callsOf } from './layerCalls.js';
import { layerProblem } from './layerProblem.js';
import { firstTensor, type LayerArgs, type LayerWeight, type Shape } from './tfjsLayer.js';

export type EinsumDenseArgs = LayerArgs &
  KernelArgs & {
    /** How input and kernel are multiplied, in Einstein's notation: `abc,cd->abd`, `...x,xy->...y` or `ab...,bc->ac...`. */
    readonly equation: string;
    /** Lengths of what comes out, the batch and axes of an ellipsis left out; null: that of the input. */
    readonly outputShape: number | readonly (number | null)[];
    /** Axes of what comes out that have a bias, by their letters. Default: there is none. */
    readonly biasAxes?: string | null;
  };

/**
 * Keras's EinsumDense: a Dense layer for inputs of any shape `[batch, …]`, whose axes are multiplied by those of the kernel that have the same
 * letter in an equation.
 *
 * Source: keras/src/layers/core/einsum_dense.py.
 */
export class EinsumDense extends layers.Layer {
  static readonly className = 'EinsumDense';
  // Not private: what a layer's weights are drawn and held down by, and a model's last activation, is found by these names.
  readonly activation: KernelOptions['activation'];
  readonly kernelInitializer: KernelOptions['kernelInitializer'];
  readonly biasInitializer: KernelOptions['biasInitializer'];
  readonly kernelRegularizer: KernelOptions['kernelRegularizer'];
  readonly biasRegularizer: KernelOptions['biasRegularizer'];
  readonly #options: KernelOptions;
  /** In small letters that begin with `a`. */
  readonly equation: string;
  readonly #biasAxes: string | null;
  readonly #outputShape: Shape;
  #fans: readonly [number, number] | undefined;
  #kernel: LayerWeight | undefined;
  #bias: LayerWeight | null = null;

  /** @throws InvalidArgumentError where the equation isn't one of these forms */
  constructor(args: EinsumDenseArgs) {
    super(args);
    const { equation, biasAxes = null, outputShape } = args;
    const plain = plainEquation(equation, biasAxes);
    if (plain === null) {
      throw layerProblem(
        this,
        `its equation is '${equation}'; it must be like 'abc,cd->abd', '...x,xy->...y' or 'ab...,bc->ac...'`,
      );
    }
    [this.equation, this.#biasAxes] = plain;
    this.#outputShape = [...[outputShape].flat()];
    this.#options = kernelOptions(args);
    this.activation = this.#options.activation;
    [this.kernelInitializer, this.biasInitializer] = [this.#options.kernelInitializer, this.#options.biasInitializer];
    [this.kernelRegularizer, this.biasRegularizer] = [this.#options.kernelRegularizer, this.#options.biasRegularizer];
  }

  /** @throws InvalidArgumentError where the equation or the output's shape doesn't fit the input's */
  override build(shape: Shape | Shape[]): void {
    const { equation, lengths } = this.#axes(shape as Shape);
    const { kernelConstraint, biasConstraint } = this.#options;
    const kernel = this.#known(equation.kernel, lengths, shape as Shape);
    const columns = sizeOf(kernel.filter((_, i) => equation.output.includes(equation.kernel[i] ?? '')));
    this.#fans = [sizeOf(kernel) / columns, columns];
    const options = weightOptions(
      asMatrix(this.kernelInitializer, this.#fans),
      this.kernelRegularizer,
      kernelConstraint,
    );
    this.#kernel = this.addWeight('kernel', kernel, 'float32', ...options);
    if (equation.bias.length > 0) {
      // From the first of its axes on.
      const first = Math.min(...equation.bias.map(letter => equation.output.indexOf(letter)));
      const bias = equation.output.slice(first).map(letter => (equation.bias.includes(letter) ? letter : ''));
      const sizes = bias.map(letter =>
        letter === '' ? 1 : (this.#known([letter], lengths, shape as Shape)[0] as number),
      );
      const output = equation.output.map(letter => lengths.get(letter) ?? null);
      if (addsBiasElsewhere(sizes, output)) {
        throw layerProblem(
          this,
          `its bias of shape [${sizes}] would be added along another axis by Keras, as [${output}], what comes out, has one as long; ` +
            'give its axes other lengths, or the bias other axes',
        );
      }
      const biasOptions = weightOptions(this.biasInitializer, this.biasRegularizer, biasConstraint);
      this.#bias = this.addWeight('bias', sizes, 'float32', ...biasOptions);
    }
    super.build(shape);
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const { equation, lengths } = this.#axes(shape as Shape);
    return equation.output.map(letter => lengths.get(letter) ?? null);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = firstTensor(inputs);
      const equation = parseEquation(this.equation, this.#biasAxes, x.rank) as Equation;
      const product = multiply(x, this.#kernel?.read() as tf.Tensor, equation);
      return this.activation.apply(this.#bias === null ? product : tf.add(product, this.#bias.read()));
    });
  }

  /** Rows and columns of the kernel as a matrix. */
  fansOf(name: string): readonly [number, number] | undefined {
    return name === 'kernel' ? this.#fans : undefined;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      equation: this.equation,
      outputShape: this.#knownOutputShape(),
      biasAxes: this.#biasAxes,
      ...this.#options.config,
    };
  }

  /** With the lengths that the input gives, where all calls agree: Keras knows no others of what comes out. */
  #knownOutputShape(): Shape {
    const shapes = callsOf(this).map(({ inputTensors: [{ shape }] }) => {
      const { equation, lengths } = this.#axes(shape);
      const named = equation.output.slice(0, equation.output.length - equation.trailing);
      return named.slice(named.length - this.#outputShape.length).map(letter => lengths.get(letter) ?? null);
    });
    const [first = this.#outputShape] = shapes;
    return shapes.every(shape => `${shape}` === `${first}`) ? [...first] : [...this.#outputShape];
  }

  #axes(shape: Shape): { readonly equation: Equation; readonly lengths: ReadonlyMap<string, number | null> } {
    const equation = parseEquation(this.equation, this.#biasAxes, shape.length);
    if (equation === null) {
      throw layerProblem(
        this,
        `its equation '${this.equation}' with bias axes '${this.#biasAxes ?? ''}' can't be that of an input of shape [${shape}]`,
      );
    }
    const lengths = axisLengths(equation, shape, this.#outputShape);
    if (lengths !== null) return { equation, lengths };
    throw layerProblem(
      this,
      `its outputShape [${this.#outputShape}] doesn't fit an input of shape [${shape}] and the equation '${this.equation}'`,
    );
  }

  #known(letters: readonly string[], lengths: ReadonlyMap<string, number | null>, shape: Shape): number[] {
    return letters.map(letter => {
      const length = lengths.get(letter) ?? null;
      if (length !== null) return length;
      throw layerProblem(
        this,
        `neither its outputShape [${this.#outputShape}] nor its input of shape [${shape}] says how long axis '${letter}' is`,
      );
    });
  }
}

/** As products of matrices, which all backends have with a gradient. */
function multiply(x: tf.Tensor, kernel: tf.Tensor, { input, kernel: letters, output }: Equation): tf.Tensor {
  const unused = input.filter(letter => !letters.includes(letter) && !output.includes(letter));
  const summed =
    unused.length === 0
      ? x
      : tf.sum(
          x,
          unused.map(letter => input.indexOf(letter)),
        );
  const left = input.filter(letter => !unused.includes(letter));
  const shared = left.filter(letter => letters.includes(letter) && output.includes(letter));
  const contracted = left.filter(letter => letters.includes(letter) && !output.includes(letter));
  const rows = left.filter(letter => !letters.includes(letter));
  const columns = letters.filter(letter => !input.includes(letter));
  const sizes = new Map([
    ...left.map((letter, i) => [letter, summed.shape[i]] as const),
    ...letters.map((letter, i) => [letter, kernel.shape[i]] as const),
  ]);
  const lengths = (axes: readonly string[]): number[] => axes.map(letter => sizes.get(letter) as number);
  const matrices = (
    tensor: tf.Tensor,
    axes: readonly string[],
    first: readonly string[],
    second: readonly string[],
  ): tf.Tensor => {
    const ordered = inOrder(tensor, axes, [...shared, ...first, ...second]);
    const [a, b] = [sizeOf(lengths(first)), sizeOf(lengths(second))];
    return tf.reshape(ordered, shared.length === 0 ? [a, b] : [sizeOf(lengths(shared)), a, b]);
  };
  const product = tf.matMul(matrices(summed, left, rows, contracted), matrices(kernel, letters, contracted, columns));
  const axes = [...shared, ...rows, ...columns];
  return inOrder(tf.reshape(product, lengths(axes)), axes, output);
}

const inOrder = (tensor: tf.Tensor, from: readonly string[], to: readonly string[]): tf.Tensor =>
  `${from}` === `${to}`
    ? tensor
    : tf.transpose(
        tensor,
        to.map(letter => from.indexOf(letter)),
      );
