import * as tf from '@tensorflow/tfjs-core';

/**
 * Calls `refuse` instead of assigning to a variable that is there now and that `known` doesn't know, until the returned function
 * is called: tfjs's `assign` drops the old value before anybody could object, and the new one would be a symbol.
 */
export function refuseAssignments(
  known: (variable: tf.Variable) => boolean,
  refuse: (variable: tf.Variable) => never,
): () => void {
  const before = new Set(Object.values(tf.engine().state.registeredVariables));
  const { assign } = tf.Variable.prototype;
  tf.Variable.prototype.assign = function (this: tf.Variable, value: tf.Tensor): void {
    if (before.has(this) && !known(this)) refuse(this);
    assign.call(this, value);
  };
  return () => {
    tf.Variable.prototype.assign = assign;
  };
}
