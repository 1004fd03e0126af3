"""Keras's side of models that were built here: `check DIR` opens what gradstream wrote, and takes the next step.

Prints a JSON list of `[file, {predictions, loss, weights}]`, the largest differences from what gradstream found, before
and after one update, or of `[file, error]`. Where the weights after the update differ by more than `TOLERANCE`, the update
is made once more in float64, and `ours` and `keras` tell how far from that either float32 is, beyond what its kinks explain.
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras_exact import update_in_float64  # noqa: E402
from keras_noisy import steady  # noqa: E402

TOLERANCE = 1e-5


def opened(path, name):
    if not path.name.endswith(".weights.h5"):
        return keras.models.load_model(path)
    model = keras.models.load_model(path.parent / f"{name}.keras")
    for variable in [*model.variables, *model.optimizer.variables]:
        variable.assign(keras.ops.zeros_like(variable))
    model.load_weights(path)
    return model


def is_random(model, x):
    first, *others = [model(x, training=True) for _ in range(16)]
    return any(bool(np.any(first != other)) for other in others)


def weights_of(model):
    return np.concatenate([[0], *[np.ravel(w) for w in model.get_weights()]])


def distance(value, expected):
    return np.abs(np.ravel(value) - expected) / np.maximum(1, np.abs(expected))


def beyond_kinks(model, x, y, **float32):
    """How much farther from an update in float64 others are than ReLUs at their kinks can take them, by name."""
    exact, reach = (np.concatenate([[0], values]) for values in update_in_float64(model, x, y))
    kept = np.concatenate([[True], steady(model)])
    return {name: float((distance(weights, exact) - reach)[kept].max()) for name, weights in float32.items()}


def step(path, name):
    model = opened(path, name)

    def floats(key):
        return np.fromfile(path.parent / f"{name}.{key}.f32", "float32")

    # Tracing takes longer than one step.
    model.run_eagerly = True
    x = floats("x").reshape(-1, *model.input_shape[1:])
    y = floats("y").astype("int32")
    found = {"predictions": model.predict_on_batch(x)}
    # Keras 3.15 builds the optimizer of a whole-model .h5 file for no variables; its own as well.
    if not path.name.endswith(".h5") or path.name.endswith(".weights.h5"):
        found["loss"] = model.train_on_batch(x, y)
        found["weights"] = weights_of(model)
    else:
        found["loss"] = model.test_on_batch(x, y)
    differences = {}
    for key, value in found.items():
        expected = floats(f"{key}" if key != "loss" or "weights" in found else "evaluation")
        difference = distance(value, expected)
        differences[key] = float((difference[np.concatenate([[True], steady(model)])] if key == "weights" else difference).max())
    if differences.get("weights", 0) > TOLERANCE and not is_random(model, x):
        differences |= beyond_kinks(opened(path, name), x, y, ours=floats("weights"), keras=found["weights"])
    return differences


def check(folder):
    report = []
    for path in sorted(folder.iterdir()):
        name, _, suffix = path.name.partition(".")
        if suffix in ["h5", "keras", "weights.h5"]:
            try:
                report.append([path.name, step(path, name)])
            except Exception as error:  # Told of all files, not of the first alone.
                report.append([path.name, str(error)[:300]])
    print(json.dumps(report))


{"check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
