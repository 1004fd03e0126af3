"""Keras's side of models that were built here: `check DIR` opens what gradstream wrote, and takes the next step.

Prints a JSON list of `[file, {predictions, loss, weights}]`, the largest differences from what gradstream found, before
and after one update, or of `[file, error]`.
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras_noisy import steady  # noqa: E402


def opened(path, name):
    if not path.name.endswith(".weights.h5"):
        return keras.models.load_model(path)
    model = keras.models.load_model(path.parent / f"{name}.keras")
    for variable in [*model.variables, *model.optimizer.variables]:
        variable.assign(keras.ops.zeros_like(variable))
    model.load_weights(path)
    return model


def step(model, path, name):
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
        found["weights"] = np.concatenate([[0], *[np.ravel(w) for w in model.get_weights()]])
    else:
        found["loss"] = model.test_on_batch(x, y)
    differences = {}
    for key, value in found.items():
        expected = floats(f"{key}" if key != "loss" or "weights" in found else "evaluation")
        difference = np.abs(np.ravel(value) - expected) / np.maximum(1, np.abs(expected))
        differences[key] = float((difference[np.concatenate([[True], steady(model)])] if key == "weights" else difference).max())
    return differences


def check(folder):
    report = []
    for path in sorted(folder.iterdir()):
        name, _, suffix = path.name.partition(".")
        if suffix in ["h5", "keras", "weights.h5"]:
            try:
                report.append([path.name, step(opened(path, name), path, name)])
            except Exception as error:  # Told of all files, not of the first alone.
                report.append([path.name, str(error)[:300]])
    print(json.dumps(report))


{"check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
