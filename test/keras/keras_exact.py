"""Keras's own update in float64, the judge where two in float32 part.

Of a million ReLUs, one or two lie so near to their kink that rounding decides on which side.
"""

import json

import keras


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


def updated_in_float64(model, x, y):
    """The same model after one update in float64; the model itself stays as it is."""
    exact = in_float64(model)
    # Tracing takes longer than one step.
    exact.run_eagerly = True
    exact.train_on_batch(x.astype("float64"), y)
    return exact
