import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { UnknownNameError } from '../error/unknownNameError.js';
import { requireBackend } from '../native/requireBackend.js';

export interface VggOptions {
  /** Whether the three dense layers stand on top. Default: true. */
  readonly includeTop?: boolean;
  /** `[rows, columns, channels]`; null is an open size, without top only. Default: `[224, 224, 3]`. */
  readonly inputShape?: readonly (number | null)[];
  /** What follows the last block without top. Default: nothing. */
  readonly pooling?: 'avg' | 'max' | null;
  /** Default: 1000. */
  readonly classes?: number;
  /** Name of a layer in a block after which nothing more is built, for who needs its output alone; without top only. */
  readonly until?: string;
}

/** VGG16, with Keras's names of layers. Source: Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014. */
export const vgg16 = (options: VggOptions = {}): LayersModel => vgg('vgg16', [2, 2, 3, 3, 3], options);

/** VGG19, with Keras's names of layers. Source: Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014. */
export const vgg19 = (options: VggOptions = {}): LayersModel => vgg('vgg19', [2, 2, 4, 4, 4], options);

const FILTERS = [64, 128, 256, 512, 512];

function vgg(
  name: string,
  convolutions: readonly number[],
  { includeTop = true, inputShape = [224, 224, 3], pooling = null, classes = 1000, until }: VggOptions,
): LayersModel {
  requireBackend();
  if (includeTop && inputShape.includes(null)) {
    throw new InvalidArgumentError(
      `${name} with its top needs a fixed input size, got [${inputShape.map(String)}]: give numbers, or includeTop: false.`,
    );
  }
  const images = input({ name: 'input_layer', shape: [...inputShape] });
  let x = images;
  const built: string[] = [];
  const add = (layer: layers.Layer): void => {
    if (until !== undefined && built.at(-1) === until) return;
    built.push(layer.name);
    x = layer.apply(x) as SymbolicTensor;
  };
  for (const [i, count] of convolutions.entries()) {
    const block = `block${i + 1}`;
    for (let j = 1; j <= count; j++) {
      const filters = FILTERS[i];
      add(layers.conv2d({ name: `${block}_conv${j}`, filters, kernelSize: 3, padding: 'same', activation: 'relu' }));
    }
    add(layers.maxPooling2d({ name: `${block}_pool`, poolSize: 2, strides: 2 }));
  }
  if (until !== undefined) {
    if (includeTop || built.at(-1) !== until) throw new UnknownNameError('layer', until, includeTop ? [] : built);
  } else if (includeTop) {
    add(layers.flatten({ name: 'flatten' }));
    add(layers.dense({ name: 'fc1', units: 4096, activation: 'relu' }));
    add(layers.dense({ name: 'fc2', units: 4096, activation: 'relu' }));
    add(layers.dense({ name: 'predictions', units: classes, activation: 'softmax' }));
  } else if (pooling === 'avg') {
    add(layers.globalAveragePooling2d({ name: 'global_average_pooling2d' }));
  } else if (pooling === 'max') {
    add(layers.globalMaxPooling2d({ name: 'global_max_pooling2d' }));
  }
  return model({ name, inputs: images, outputs: x });
}
