import type { LayersModel } from '@tensorflow/tfjs-layers';
import { UnknownNameError } from '../../src/error/unknownNameError.js';
import { cifar10Cnn } from '../../src/model/cifar10Cnn.js';
import { mnistMlp } from '../../src/model/mnistMlp.js';
import { resnet } from '../../src/model/resnet.js';
import { vgg16, vgg19 } from '../../src/model/vgg.js';

/** A network of the Keras examples, as a golden case asks for it. */
export interface BuilderOptions {
  readonly builder: string;
  readonly input_shape: readonly (number | null)[];
  readonly classes: number | null;
  readonly n?: number;
  readonly include_top?: boolean;
  readonly pooling?: 'avg' | 'max' | null;
}

type Build = (options: BuilderOptions) => LayersModel;

const builders: Readonly<Record<string, Build>> = {
  'mnist-mlp': options => mnistMlp(fixed(options)),
  'cifar10-cnn': options => cifar10Cnn(fixed(options)),
  resnet_v1: options => resnet({ ...fixed(options), n: options.n ?? 0, version: 1 }),
  resnet_v2: options => resnet({ ...fixed(options), n: options.n ?? 0, version: 2 }),
  vgg16: options => vgg16(vggOptions(options)),
  vgg19: options => vgg19(vggOptions(options)),
};

/** @throws UnknownNameError where there is no such builder */
export function buildGoldenModel(options: BuilderOptions): LayersModel {
  if (!Object.hasOwn(builders, options.builder)) {
    throw new UnknownNameError('builder', options.builder, Object.keys(builders));
  }
  return builders[options.builder](options);
}

const fixed = ({ input_shape, classes }: BuilderOptions): { inputShape: number[]; classes: number } => ({
  inputShape: input_shape as number[],
  classes: classes ?? 10,
});

const vggOptions = ({ input_shape, classes, include_top = true, pooling = null }: BuilderOptions) => ({
  inputShape: input_shape,
  includeTop: include_top,
  pooling,
  classes: classes ?? 1000,
});
