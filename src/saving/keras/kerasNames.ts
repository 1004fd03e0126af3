/** Initializers whose class is spelt otherwise in tfjs. */
export const initializerNames: Readonly<Record<string, string>> = {
  LecunNormal: 'LeCunNormal',
  LecunUniform: 'LeCunUniform',
};

/** Activations that tfjs has under another name. `hard_sigmoid` depends on the version: see KERAS_HARD_SIGMOID. */
export const activationNames: Readonly<Record<string, string>> = { silu: 'swish', hard_swish: 'hard_silu' };
