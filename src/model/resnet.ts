import { input, type LayersModel, layers, model, regularizers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { InvalidArgumentError } from '../error/invalidArgumentError.js';
import { requireBackend } from '../native/requireBackend.js';
import { layerNames } from './layerNames.js';

export interface ResnetOptions {
  /** Blocks a stage: depth is 6n + 2 in version 1, 9n + 2 in version 2. */
  readonly n: number;
  /** 1: blocks of two convolutions, activation after. 2: bottlenecks of three, activation before. */
  readonly version: 1 | 2;
  /** `[rows, columns, channels]`, sizes divisible by 4 and at least 32. Default: `[32, 32, 3]`. */
  readonly inputShape?: readonly number[];
  /** Default: 10. */
  readonly classes?: number;
}

/**
 * The residual networks for CIFAR-10 of Keras's `cifar10_resnet` example, of any depth.
 *
 * Source: He et al., "Deep Residual Learning for Image Recognition", 2015 (version 1) and "Identity Mappings in Deep
 * Residual Networks", 2016 (version 2).
 *
 * @throws InvalidArgumentError where n is no positive whole number, or the version is another
 */
export function resnet({ n, version, inputShape = [32, 32, 3], classes = 10 }: ResnetOptions): LayersModel {
  if (!Number.isInteger(n) || n < 1) {
    throw new InvalidArgumentError(`A ResNet of n = ${n} can't be built: give a whole number of blocks from 1 on.`);
  }
  if (version !== 1 && version !== 2) {
    throw new InvalidArgumentError(`There is no ResNet of version ${version}: give 1 or 2.`);
  }
  requireBackend();
  const parts = resnetParts();
  const images = input({ name: 'input_layer', shape: [...inputShape] });
  const features = version === 1 ? stagesV1(images, n, parts) : stagesV2(images, n, parts);
  const pooled = apply(layers.averagePooling2d({ name: 'average_pooling2d', poolSize: 8 }), features);
  const flat = apply(layers.flatten({ name: 'flatten' }), pooled);
  const head = layers.dense({ name: 'dense', units: classes, activation: 'softmax', kernelInitializer: 'heNormal' });
  return model({
    name: `resnet${(version === 1 ? 6 : 9) * n + 2}v${version}`,
    inputs: images,
    outputs: apply(head, flat),
  });
}

/** Three stages of blocks: convolution – BN – relu – convolution – BN, added to the shortcut, relu. */
function stagesV1(images: SymbolicTensor, n: number, { convolution, normalized, relu, add }: Parts): SymbolicTensor {
  let x = relu(normalized(convolution(images, 16, 3)));
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < n; block++) {
      const narrows = stage > 0 && block === 0;
      const strides = narrows ? 2 : 1;
      let y = relu(normalized(convolution(x, filters, 3, strides)));
      y = convolution(y, filters, 3);
      y = normalized(y);
      const shortcut = narrows ? convolution(x, filters, 1, strides) : x;
      x = relu(add(shortcut, y));
    }
  }
  return x;
}

/** Three stages of bottlenecks: three times BN – relu – convolution, added to the shortcut. */
function stagesV2(images: SymbolicTensor, n: number, { convolution, normalized, relu, add }: Parts): SymbolicTensor {
  let x = relu(normalized(convolution(images, 16, 3)));
  let filters = 16;
  for (let stage = 0; stage < 3; stage++) {
    const wide = stage === 0 ? 4 * filters : 2 * filters;
    for (let block = 0; block < n; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      // The input of the very first block is activated already.
      const activated = stage === 0 && block === 0 ? x : relu(normalized(x));
      let y = convolution(activated, filters, 1, strides);
      y = convolution(relu(normalized(y)), filters, 3);
      y = convolution(relu(normalized(y)), wide, 1);
      const shortcut = block === 0 ? convolution(x, wide, 1, strides) : x;
      x = add(shortcut, y);
    }
    filters = wide;
  }
  return relu(normalized(x));
}

/** The layers that ResNets are made of, each applied under a name of its own. */
interface Parts {
  convolution(x: SymbolicTensor, filters: number, kernelSize: number, strides?: number): SymbolicTensor;
  normalized(x: SymbolicTensor): SymbolicTensor;
  relu(x: SymbolicTensor): SymbolicTensor;
  add(shortcut: SymbolicTensor, residual: SymbolicTensor): SymbolicTensor;
}

function resnetParts(): Parts {
  const name = layerNames();
  return {
    convolution: (x, filters, kernelSize, strides = 1) =>
      apply(
        layers.conv2d({
          name: name('conv2d'),
          filters,
          kernelSize,
          strides,
          padding: 'same',
          kernelInitializer: 'heNormal',
          kernelRegularizer: regularizers.l2({ l2: 1e-4 }),
        }),
        x,
      ),
    normalized: x => apply(layers.batchNormalization({ name: name('batch_normalization') }), x),
    relu: x => apply(layers.activation({ name: name('activation'), activation: 'relu' }), x),
    add: (shortcut, residual) => layers.add({ name: name('add') }).apply([shortcut, residual]) as SymbolicTensor,
  };
}

const apply = (layer: layers.Layer, x: SymbolicTensor): SymbolicTensor => layer.apply(x) as SymbolicTensor;
