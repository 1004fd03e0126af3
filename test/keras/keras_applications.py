"""Keras's side of its applications: `make DIR` saves each with random weights, `check DIR` opens what was written back.

`make` prints a JSON list of `[name, shape of the input, shape of the output, loss of a training step or null]`; `check` one of
`[name, largest difference of predictions]`.
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402

NAMES = [
    *["ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3", "MobileNet"],
    *["MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2", "VGG16", "Xception"],
]
# One of each kind that draws no numbers in training. Keras takes long for a step of these.
TRAINED = ["ConvNeXtTiny", "MobileNetV2", "ResNet50V2", "VGG16"]
# Enough that batch normalization in training has something to go by.
EXAMPLES = 8


def build(name):
    keras.backend.clear_session()
    side = 96 if name.startswith(("Inception", "Xception")) else 64
    shape = (side, side, 3)
    # Its dense layers of 4,096 units would be most of the work.
    top = {"include_top": False, "pooling": "avg"} if name == "VGG16" else {"classes": 10}
    return getattr(keras.applications, name)(weights=None, input_shape=shape, **top)


def make(folder):
    report = []
    for name in NAMES:
        keras.utils.set_random_seed(1)
        model = build(name)
        random = np.random.default_rng(0)
        for weight in model.weights:
            if "moving_variance" in weight.path:
                weight.assign(random.uniform(0.5, 2, weight.shape))
            elif "moving_mean" in weight.path or "beta" in weight.path:
                weight.assign(random.normal(0, 0.3, weight.shape))
        x = random.uniform(0, 255, (EXAMPLES, *model.input_shape[1:])).astype("float32")
        y = np.asarray(model(x), "float32")
        for suffix in ["keras", "h5"]:
            model.save(str(folder / f"{name}.{suffix}"))
        loss = None
        if name in TRAINED:
            model.compile("sgd", "mse", run_eagerly=True)
            loss = float(model.train_on_batch(x, np.zeros_like(y)))
        x.tofile(folder / f"{name}.x.f32")
        y.tofile(folder / f"{name}.y.f32")
        report.append([name, list(x.shape), list(y.shape), loss])
    print(json.dumps(report))


def check(folder):
    report = []
    for path in sorted(folder.glob("*.keras")):
        model = keras.models.load_model(path)
        name = folder.parent / path.stem
        x = np.fromfile(f"{name}.x.f32", "float32").reshape(EXAMPLES, *model.input_shape[1:])
        y = np.fromfile(f"{name}.y.f32", "float32").reshape(EXAMPLES, -1)
        report.append([path.stem, float(np.abs(np.asarray(model(x)) - y).max() / np.abs(y).max())])
    print(json.dumps(report))


{"make": make, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
