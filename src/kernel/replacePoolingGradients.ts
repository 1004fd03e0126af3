import * as tf from '@tensorflow/tfjs-core';
import { deepPooling, eachWindow, flatPooling, type Pooling, placeOfLargest } from './poolingWindows.js';
import { replaceKernel } from './replaceKernel.js';

/**
 * The gradients of pooling, which backends written for the web have wrong. WebAssembly's lose the gradient where a window has no value
 * above 0, or its largest one twice, or give it to another value; in plain JavaScript it goes astray in three dimensions where windows
 * overlap. A mean's gradient both divide by the size of the whole window where padding takes a part of it.
 */
export function replacePoolingGradients(backendName: string): void {
  replaceKernel<'dy' | 'input', tf.MaxPoolGradAttrs>(tf.MaxPoolGrad, backendName, ({ dy, input }, attributes) =>
    maxGradient(dy, input, flatPooling(input.shape, attributes)),
  );
  replaceKernel<'dy' | 'input', tf.MaxPool3DGradAttrs>(tf.MaxPool3DGrad, backendName, ({ dy, input }, attributes) =>
    maxGradient(dy, input, deepPooling(input.shape, attributes)),
  );
  replaceKernel<'dy' | 'input', tf.AvgPoolGradAttrs>(tf.AvgPoolGrad, backendName, ({ dy, input }, attributes) =>
    meanGradient(dy, input, flatPooling(input.shape, attributes)),
  );
  replaceKernel<'dy' | 'input', tf.AvgPool3DGradAttrs>(tf.AvgPool3DGrad, backendName, ({ dy, input }, attributes) =>
    meanGradient(dy, input, deepPooling(input.shape, attributes)),
  );
}

/** The first of the largest values has it all, as in TensorFlow. */
function maxGradient(dy: tf.Tensor, x: tf.Tensor, pooling: Pooling): tf.Tensor {
  const [gradients, values, result] = [dy.dataSync(), x.dataSync(), new Float32Array(x.size)];
  eachWindow(pooling, (at, places) => {
    result[placeOfLargest(values, places)] += gradients[at];
  });
  return tf.tensor(result, x.shape);
}

function meanGradient(dy: tf.Tensor, x: tf.Tensor, pooling: Pooling): tf.Tensor {
  const [gradients, result] = [dy.dataSync(), new Float32Array(x.size)];
  eachWindow(pooling, (at, places) => {
    const share = gradients[at] / places.length;
    for (const place of places) result[place] += share;
  });
  return tf.tensor(result, x.shape);
}
