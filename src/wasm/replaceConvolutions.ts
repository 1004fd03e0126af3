import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel, tensorOf } from '../kernel/replaceKernel.js';

type Attributes = Pick<tf.FusedConv2DAttrs, 'strides' | 'pad' | 'dilations'> & { readonly activation?: string };

/**
 * Convolutions. Those with padding `same` whose strides leave the last pixels unused are zeros by the backend's kernels, which
 * take the missing padding for very much; a ReLU within any kernel makes 0 of NaN, which no prediction would show then.
 */
export function replaceConvolutions(backendName: string): void {
  for (const kernelName of [tf.Conv2D, tf.FusedConv2D, tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D]) {
    replaceKernel<'x' | 'filter', Attributes>(kernelName, backendName, ({ x, filter }, attributes, own) => {
      const inputs = {
        x: attributes.pad === 'same' ? usedPixels(x as tf.Tensor4D, filter as tf.Tensor4D, attributes) : x,
      };
      return withReluOutside(attributes.activation, changed => own({ inputs, attributes: changed }));
    });
  }
  replaceKernel<'a' | 'b', tf._FusedMatMulAttrs>(tf._FusedMatMul, backendName, (_, { activation }, own) =>
    withReluOutside(activation, changed => own({ attributes: changed })),
  );
}

function withReluOutside(
  activation: string | undefined,
  compute: (changed: { readonly activation?: 'linear' }) => tf.TensorInfo,
): tf.TensorInfo {
  if (activation !== 'relu' && activation !== 'relu6') return compute({});
  const made = tensorOf(compute({ activation: 'linear' }));
  return activation === 'relu' ? tf.relu(made) : tf.relu6(made);
}

/** Without what the last windows leave at the end of each axis. */
function usedPixels(x: tf.Tensor4D, filter: tf.Tensor4D, { strides, dilations }: Attributes): tf.Tensor {
  const used = ([0, 1] as const).map(i => {
    const length = x.shape[i + 1];
    const stride = along(strides, i);
    const last = (Math.ceil(length / stride) - 1) * stride;
    return Math.min(last + (filter.shape[i] - 1) * along(dilations, i) + 1, length);
  });
  if (used.every((size, i) => size === x.shape[i + 1])) return x;
  return tf.slice(x, [0, 0, 0, 0], [x.shape[0], ...used, x.shape[3]]);
}

const along = (given: number | [number, number], i: 0 | 1): number => (typeof given === 'number' ? given : given[i]);
