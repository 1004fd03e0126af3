import * as tf from '@tensorflow/tfjs-core';

/** Whether tfjs's deserialization knows a class. */
export const isRegistered = (className: string): boolean =>
  Object.hasOwn(tf.serialization.SerializationMap.getMap().classNameMap, className);
