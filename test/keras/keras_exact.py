"""Keras's own update in float64, the judge where two in float32 part.

Of a million ReLUs a few lie so near to their kink that rounding decides on which side, and with that which gradient goes through. Which
of two updates in float32 is then the nearer one is chance. What isn't chance: neither may be farther from the update in float64 than
the ReLUs at their kinks, each on its other side, can take it.
"""

import json

import keras
import numpy as np
import tensorflow as tf

# Pre-activations of the size of 1, after some thirty layers in float32, are off by up to about this much.
KINK = 4e-6
# More at once are no chance.
MOST_KINKS = 64


class Kinks:
    """ReLUs that tell which of their inputs lie at the kink, and of which one can be put on its other side."""

    def __init__(self):
        self.found = []
        self.turned = None
        self.calls = 0

    def relu(self, x):
        call, self.calls = self.calls, self.calls + 1
        values = np.ravel(x)
        self.found += [(call, int(i)) for i in np.flatnonzero(np.abs(values) < KINK)]
        passes = values > 0
        if self.turned is not None and self.turned[0] == call:
            passes[self.turned[1]] ^= True
        mask = tf.constant(passes.reshape(x.shape), x.dtype)
        return tf.custom_gradient(lambda x: (tf.nn.relu(x), lambda upstream: upstream * mask))(x)


def in_float64(model):
    """The same model, weights and optimizer, in float64."""
    keras.config.set_floatx("float64")
    try:
        copy = type(model).from_config(json.loads(json.dumps(model.get_config()).replace("float32", "float64")))
        optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        copy.compile(optimizer, model.loss)
        optimizer.build(copy.trainable_variables)
    finally:
        keras.config.set_floatx("float32")
    for target, source in zip([*copy.variables, *optimizer.variables], [*model.variables, *model.optimizer.variables], strict=True):
        target.assign(keras.ops.cast(source, target.dtype))
    return copy


def updated(model, x, y, kinks):
    """The weights after one update in float64; the model itself stays as it is."""
    exact = in_float64(model)
    for layer in exact._flatten_layers():
        if getattr(layer, "activation", None) is keras.activations.relu:
            layer.activation = kinks.relu
    # Tracing takes longer than one step, and the ReLUs want numbers.
    exact.run_eagerly = True
    exact.train_on_batch(x.astype("float64"), y)
    return np.concatenate([np.ravel(w) for w in exact.weights])


def update_in_float64(model, x, y):
    """The weights after one update in float64, and how far the ReLUs at their kinks can take each of them."""
    kinks = Kinks()
    exact = updated(model, x, y, kinks)
    if len(kinks.found) > MOST_KINKS:
        raise ValueError(f"{len(kinks.found)} ReLUs lie within {KINK} of their kinks, where at most {MOST_KINKS} are expected.")
    reach = np.zeros_like(exact)
    for found in kinks.found:
        turned = Kinks()
        turned.turned = found
        reach += np.abs(updated(model, x, y, turned) - exact)
    return exact, reach
