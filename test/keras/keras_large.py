"""Keras's side of large files: `make DIR` saves a model of 100 MB, `predict DIR` opens a deep one that gradstream wrote.

Batches and predictions are raw float32 files. `predict` prints the depth of the model, as the number of its layers with
kernels on the longest way, and how many attributes the list of its layers takes in the file.
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

layers = keras.layers


def make(folder):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [layers.Input((4096,)), layers.Dense(4096, activation="relu"), layers.Dense(2000, activation="relu"), layers.Dense(10)]
    )
    model.compile("adam", "mse")
    model.save(folder / "large.keras")
    model.save(folder / "large.h5")


def predict(folder):
    with h5py.File(folder / "deep.h5") as file:
        attributes = [key for key in file["model_weights"].attrs if key.startswith("layer_names")]
    model = keras.models.load_model(folder / "deep.h5")
    x = np.fromfile(folder / "deep.x.f32", "float32").reshape(-1, *model.input_shape[1:])
    np.asarray(model.predict_on_batch(x), "float32").tofile(folder / "deep.predictions.f32")
    kernels = sum(isinstance(layer, (layers.Conv2D, layers.Dense)) for layer in model.layers)
    print(json.dumps({"kernels": kernels, "parameters": model.count_params(), "attributes": len(attributes)}))


{"make": make, "predict": predict}[sys.argv[1]](pathlib.Path(sys.argv[2]))
