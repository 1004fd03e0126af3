import * as tf from '@tensorflow/tfjs-core';
import { oneHotLike } from '../loss/lossFunctions.js';

/** Labels of the prediction's shape, float32; class numbers become one-hot rows. */
export const denseLabels = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
  yTrue.size === yPred.size ? tf.reshape(tf.cast(yTrue, 'float32'), yPred.shape) : oneHotLike(yTrue, yPred);

/** Class numbers, int32, of the prediction's shape without its last axis; rows of several classes become their largest. */
export const classLabels = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
  yTrue.size === yPred.size
    ? tf.argMax(tf.reshape(yTrue, yPred.shape), -1)
    : tf.cast(tf.reshape(yTrue, yPred.shape.slice(0, -1)), 'int32');
