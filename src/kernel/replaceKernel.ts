import * as tf from '@tensorflow/tfjs-core';

/**
 * How a kernel is carried out: by other tfjs operations, or by `own`, the kernel that stood there before, with some inputs or
 * attributes changed. What it makes on the way is freed.
 */
type Replacement<Inputs extends string, Attributes> = (
  inputs: Readonly<Record<Inputs, tf.Tensor>>,
  attributes: Attributes,
  own: (changed?: {
    readonly inputs?: Partial<Record<Inputs, tf.Tensor>>;
    readonly attributes?: Partial<Attributes>;
  }) => tf.TensorInfo,
) => tf.Tensor | tf.TensorInfo;

/** Puts `replacement` in a kernel's place, or where the backend has no such kernel. */
export function replaceKernel<Inputs extends string, Attributes>(
  kernelName: string,
  backendName: string,
  replacement: Replacement<Inputs, Attributes>,
): void {
  const own = tf.getKernel(kernelName, backendName);
  if (own !== undefined) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...own,
    kernelName,
    backendName,
    kernelFunc: call =>
      tf.tidy(
        () =>
          replacement(
            call.inputs as Record<Inputs, tf.Tensor>,
            call.attrs as Attributes,
            ({ inputs, attributes } = {}) =>
              own.kernelFunc({
                ...call,
                inputs: { ...call.inputs, ...inputs },
                attrs: { ...call.attrs, ...attributes },
              }) as tf.TensorInfo,
          ) as tf.Tensor,
      ),
  });
}

/** The tensor of what a kernel has made. */
export const tensorOf = (made: tf.TensorInfo): tf.Tensor => tf.engine().makeTensorFromTensorInfo(made);
