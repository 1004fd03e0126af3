import * as tf from '@tensorflow/tfjs-core';

let refusing: (() => never) | undefined;

/**
 * Calls `refuse` where a variable is made, until the returned function is called: its value would be a symbol, and whoever keeps
 * the variable, as tfjs's optimizers keep their slots, would go on with that.
 */
export function refuseVariables(refuse: () => never): () => void {
  const engine = tf.engine();
  const { makeVariable } = engine;
  refusing = refuse;
  engine.makeVariable = (...args): tf.Variable => (refusing ?? makeVariable.bind(engine))(...args);
  return () => {
    refusing = undefined;
    engine.makeVariable = makeVariable;
  };
}

/** A variable that doesn't outlive the trace it is made in. */
export function passingVariable(value: () => tf.Tensor): tf.Variable {
  const before = refusing;
  refusing = undefined;
  try {
    return tf.tidy(() => tf.variable(value()));
  } finally {
    refusing = before;
  }
}
