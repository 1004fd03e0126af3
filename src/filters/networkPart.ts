import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, type layers, model as newModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { replace } from '../layer/replace.js';
import { firstTensor, type LayerWeight } from '../layer/tfjsLayer.js';
import { centredConvolution } from './centredConvolution.js';

/** A network from its input to one of its convolution layers. The weights stay the model's. */
export interface NetworkPart {
  readonly model: LayersModel;
  readonly layer: string;
  /** Number of filters of the layer. */
  readonly filters: number;
  /** Channels of the network's input. */
  readonly channels: number;
  /** The layer's output after its activation, channels last. */
  maps(x: tf.Tensor4D): tf.Tensor4D;
  /** For each picture the mean of its own filter's map; the other filters aren't computed where that can be avoided. */
  meanActivations(x: tf.Tensor4D, filters: tf.Tensor1D): tf.Tensor1D;
}

/** What this needs of a convolution layer and tfjs's types hide. */
interface Convolution extends layers.Layer {
  readonly filters: number;
  readonly kernel: LayerWeight<tf.Tensor4D>;
  readonly bias: LayerWeight<tf.Tensor1D> | null;
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: [number, number];
  readonly dataFormat: string;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string } | null;
}

/**
 * @throws UnknownNameError where the model has no such layer; the message lists its convolution layers
 * @throws InvalidArgumentError where the layer is no convolution of pictures, or the model has more than one input
 */
export function networkPart(model: LayersModel, name: string): NetworkPart {
  const layer = convolutionNamed(model, name);
  if (model.inputs.length !== 1 || model.inputs[0].shape.length !== 4) {
    throw new InvalidArgumentError(`The model '${model.name}' doesn't take pictures [rows, columns, channels] alone.`);
  }
  const [input] = model.inputs;
  const before = prefix(input, layer.input as SymbolicTensor);
  const maps = (x: tf.Tensor4D): tf.Tensor4D => layer.apply(before(x)) as tf.Tensor4D;
  return {
    model,
    layer: name,
    filters: layer.filters,
    channels: input.shape[3] ?? 3,
    maps,
    meanActivations: (x, filters) =>
      isPlainConvolution(layer)
        ? ownMaps(layer, before(x), layer.input === input, filters)
        : chosenMaps(maps(x), filters, layer.filters),
  };
}

/** Names of the layers that {@link networkPart} takes. */
const convolutionLayers = (model: LayersModel): string[] => model.layers.filter(isConvolution).map(({ name }) => name);

function convolutionNamed(model: LayersModel, name: string): Convolution {
  const layer = model.layers.find(candidate => candidate.name === name);
  if (layer === undefined) throw new UnknownNameError('convolution layer', name, convolutionLayers(model));
  if (!isConvolution(layer)) {
    throw new InvalidArgumentError(
      `The layer '${name}' is a ${layer.getClassName()} and has no filters. ` +
        `Convolution layers: ${convolutionLayers(model).join(', ')}.`,
    );
  }
  if (layer.dataFormat !== 'channelsLast') {
    throw new InvalidArgumentError(`The layer '${name}' has its channels first; only channels last can be ascended.`);
  }
  return layer;
}

const CONVOLUTIONS = new Set(['Conv2D', 'Conv2DTranspose', 'SeparableConv2D']);

const isConvolution = (layer: layers.Layer): layer is Convolution => CONVOLUTIONS.has(layer.getClassName());

/** What comes before the layer, as a function of pictures of any size. */
function prefix(input: SymbolicTensor, output: SymbolicTensor): (x: tf.Tensor4D) => tf.Tensor4D {
  if (output === input) return x => x;
  const before = newModel({ inputs: input, outputs: output });
  const first = before.layers.filter(layer => isPlainConvolution(layer) && layer.input === input);
  return x => {
    const undo = first.map(layer =>
      replace(layer, 'call', (inputs: tf.Tensor | tf.Tensor[]) => {
        const pictures = firstTensor(inputs) as tf.Tensor4D;
        return tf.tidy(() => convolution(layer as Convolution, pictures, true, null));
      }),
    );
    try {
      return before.apply(x, { training: false }) as tf.Tensor4D;
    } finally {
      for (const restore of undo) restore();
    }
  };
}

/** The layer's output for pictures or maps; for the wanted filters alone where these are given. */
function convolution(layer: Convolution, x: tf.Tensor4D, centred: boolean, filters: tf.Tensor1D | null): tf.Tensor4D {
  const { strides, padding, dilationRate, activation } = layer;
  const kernel = filters === null ? layer.kernel.read() : (tf.gather(layer.kernel.read(), filters, 3) as tf.Tensor4D);
  const convolve = (y: tf.Tensor4D) => tf.conv2d(y, kernel, strides, padding, 'NHWC', dilationRate);
  let maps: tf.Tensor = centred ? centredConvolution(x, convolve) : convolve(x);
  const bias = layer.bias?.read();
  if (bias !== undefined) maps = tf.add(maps, filters === null ? bias : tf.gather(bias, filters));
  return (activation == null ? maps : activation.apply(maps)) as tf.Tensor4D;
}

/** Whether each filter's map can be computed without the others. */
const isPlainConvolution = (layer: layers.Layer): boolean =>
  layer.getClassName() === 'Conv2D' &&
  (layer as Convolution).dataFormat === 'channelsLast' &&
  (layer as Convolution).activation?.getClassName() !== 'softmax';

/** The layer with the kernels of the wanted filters alone; of each picture's maps its own one counts. */
function ownMaps(layer: Convolution, x: tf.Tensor4D, centred: boolean, filters: tf.Tensor1D): tf.Tensor1D {
  // The places 0, 1, … of the pictures, in operations that hold for any number of them.
  const places = tf.cumsum(tf.onesLike(filters), 0, true);
  return meansOf(convolution(layer, x, centred, filters), tf.equal(tf.expandDims(places, 1), places));
}

/** Mean of one map a picture. */
const chosenMaps = (maps: tf.Tensor4D, filters: tf.Tensor1D, count: number): tf.Tensor1D =>
  meansOf(maps, tf.equal(tf.expandDims(filters, 1), tf.range(0, count, 1, 'int32')));

const meansOf = (maps: tf.Tensor4D, isChosen: tf.Tensor): tf.Tensor1D =>
  tf.sum(tf.mul(tf.mean(maps, [1, 2]), tf.cast(isChosen, 'float32')), 1);
