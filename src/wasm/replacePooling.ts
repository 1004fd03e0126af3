import * as tf from '@tensorflow/tfjs-core';
import { deepPooling, eachWindow, type Pooling, placeOfLargest } from '../kernel/poolingWindows.js';
import { replaceKernel, tensorOf } from '../kernel/replaceKernel.js';
import { replacePoolingGradients } from '../kernel/replacePoolingGradients.js';

/** The gradients of pooling, and largest values in three dimensions: where all of a window are below 0 the backend takes 0 for them. */
export function replacePooling(backendName: string): void {
  replacePoolingGradients(backendName);
  replaceKernel<'x', tf.MaxPool3DAttrs>(tf.MaxPool3D, backendName, ({ x }, attributes) =>
    largest(x, deepPooling(x.shape, attributes)),
  );
  replaceKernel<'x', tf.AvgPoolAttrs>(tf.AvgPool, backendName, (_, _attributes, own) => tellNaN(own()));
}

/** The backend's means are minus infinity where a window has NaN, which a ReLU behind them would make 0 of. */
function tellNaN(means: tf.TensorInfo): tf.Tensor {
  const tensor = tensorOf(means);
  return tf.where(tf.equal(tensor, Number.NEGATIVE_INFINITY), Number.NaN, tensor);
}

function largest(x: tf.Tensor, pooling: Pooling): tf.Tensor {
  const [values, result] = [x.dataSync(), new Float32Array(tf.util.sizeFromShape(pooling.outputShape))];
  eachWindow(pooling, (at, places) => {
    result[at] = values[placeOfLargest(values, places)];
  });
  return tf.tensor(result, pooling.outputShape);
}
