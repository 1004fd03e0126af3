"""Keras's side of the round trips: `make DIR` saves models that Keras built, `check DIR` opens what gradstream wrote.

Every model is saved as <name>.h5, <name>.keras and <name>.weights.h5 after a few updates, with the batch of the next
update and its results as raw float32 files. `check` prints one JSON line a file.
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

layers = keras.layers


def mlp():
    return keras.Sequential(
        [layers.Input((12,)), layers.Dense(16, activation="relu"), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")]
    )


def cnn():
    return keras.Sequential(
        [
            layers.Input((12, 12, 3)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def conv(x, filters, strides=1, size=3, normalise=True, activation="relu", first=False):
    convolution = layers.Conv2D(
        filters, size, strides=strides, padding="same", kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(1e-4)
    )
    if not first:
        x = convolution(x)
    if normalise:
        x = layers.BatchNormalization()(x)
    if activation:
        x = layers.Activation(activation)(x)
    return convolution(x) if first else x


def resnet_v1(n=3):
    inputs = layers.Input((32, 32, 3))
    x = conv(inputs, 16)
    for stack, filters in enumerate([16, 32, 64]):
        for block in range(n):
            strides = 2 if stack > 0 and block == 0 else 1
            y = conv(conv(x, filters, strides), filters, activation=None)
            if strides == 2:
                x = conv(x, filters, strides, size=1, normalise=False, activation=None)
            x = layers.Activation("relu")(layers.add([x, y]))
    y = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(y))


def resnet_v2(n=3):
    inputs = layers.Input((32, 32, 3))
    x = conv(inputs, 16)
    filters_in = 16
    for stack in range(3):
        filters_out = filters_in * (4 if stack == 0 else 2)
        for block in range(n):
            strides = 2 if stack > 0 and block == 0 else 1
            plain = stack == 0 and block == 0
            y = conv(x, filters_in, strides, 1, not plain, None if plain else "relu", first=True)
            y = conv(y, filters_in, first=True)
            y = conv(y, filters_out, size=1, first=True)
            if block == 0:
                x = conv(x, filters_out, strides, size=1, normalise=False, activation=None)
            x = layers.add([x, y])
        filters_in = filters_out
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    y = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(y))


def zoo():
    """A layer of each kind that tfjs has as well, in one model."""
    inputs = layers.Input((12, 12, 2))
    x = layers.Conv2D(4, 3, strides=(2, 1), padding="same", activation="elu")(inputs)
    x = layers.LeakyReLU(negative_slope=0.1)(layers.ZeroPadding2D(1)(x))
    x = layers.PReLU(shared_axes=[1, 2])(layers.SeparableConv2D(4, 3, activation="selu")(x))
    x = layers.BatchNormalization(momentum=0.9)(layers.DepthwiseConv2D(3, depth_multiplier=2)(x))
    x = layers.Cropping2D(1)(layers.UpSampling2D()(x))
    x = layers.Conv2DTranspose(3, 3, strides=2, activation="softplus")(x)
    gate = layers.Conv2D(3, 1, activation="hard_sigmoid")(x)
    x = layers.Multiply()([x, gate])
    x = layers.AveragePooling2D((3, 2))(layers.MaxPooling2D()(x))
    x = layers.Permute((2, 1))(layers.Reshape((x.shape[1] * x.shape[2], 3))(x))
    x = layers.LayerNormalization()(layers.Conv1D(5, 2, activation="swish")(x))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="concat")(x)
    x = layers.GRU(4, return_sequences=True, reset_after=False)(x)
    x = layers.SimpleRNN(4, return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(4, activation="tanh"))(x)
    ends = [layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)]
    ends += [layers.Average()(ends), layers.Maximum()(ends), layers.Minimum()(ends)]
    body = keras.Sequential([layers.Input((20,)), layers.Dense(6), layers.BatchNormalization(), layers.Dense(6)], name="body")
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.Add()([body(layers.Concatenate()(ends)), body(layers.Concatenate()(ends[::-1]))])))


MODELS = {
    "mlp": (mlp, lambda: keras.optimizers.RMSprop()),
    "cnn": (cnn, lambda: keras.optimizers.RMSprop(keras.optimizers.schedules.InverseTimeDecay(1e-3, 1, 1e-2))),
    "resnet20-v1": (resnet_v1, lambda: keras.optimizers.Adam(1e-3)),
    "resnet29-v2": (resnet_v2, lambda: keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)),
    "zoo": (zoo, lambda: keras.optimizers.Nadam(1e-3)),
}


def batch(shape, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(8, *shape)).astype("float32")
    return x, np.eye(3, dtype="float32")[random.integers(0, 3, 8)]


def step(model, folder, name):
    """The predictions on the next batch, then one update on it."""
    x, y = batch(model.input_shape[1:], 99)
    predictions = model.predict_on_batch(x)
    loss = model.train_on_batch(x, y)[0]
    weights = np.concatenate([w.numpy().ravel() for w in model.weights])
    return x, y, np.asarray(predictions), np.float32(loss), weights, steady(model)


def make(folder):
    for name, (build, optimizer) in MODELS.items():
        keras.utils.set_random_seed(1)
        model = build()
        model.compile(optimizer(), "categorical_crossentropy", metrics=["accuracy"])
        for i in range(2):
            model.train_on_batch(*batch(model.input_shape[1:], i))
        # Saving as .h5 takes the optimizer out of the model's compile config, so that it comes last.
        for suffix in ["keras", "weights.h5", "h5"]:
            path = str(folder / f"{name}.{suffix}")
            model.save_weights(path) if suffix.startswith("w") else model.save(path)
        if name.startswith("resnet"):
            for key, values in zip(["exact", "reach"], update_in_float64(model, *batch(model.input_shape[1:], 99))):
                values.astype("float32").tofile(folder / f"{name}.{key}.f32")
        for key, value in zip(["x", "y", "predictions", "loss", "weights", "steady"], step(model, folder, name)):
            np.asarray(value, "float32").tofile(folder / f"{name}.{key}.f32")


def check(folder):
    for path in sorted(folder.iterdir()):
        name, _, suffix = path.name.partition(".")
        if suffix not in ["h5", "keras", "weights.h5"]:
            continue
        build, optimizer = MODELS[name]
        if suffix.startswith("w"):
            model = build()
            model.compile(optimizer(), "categorical_crossentropy", metrics=["accuracy"])
            model.optimizer.build(model.trainable_variables)
            model.load_weights(path)
        else:
            model = keras.models.load_model(path)
        if suffix == "h5":
            # Keras 3.15 builds the optimizer of a whole-model .h5 file for no variables; its own as well.
            model.compile(optimizer(), "categorical_crossentropy", metrics=["accuracy"])
        _, _, predictions, loss, weights, kept = step(model, folder, name)
        expected = {key: np.fromfile(folder.parent / f"{name}.{key}.f32", "float32") for key in ["predictions", "loss", "weights"]}
        report = {"file": path.name, "optimizer": type(model.optimizer).__name__}
        for key, value in [("predictions", predictions), ("loss", loss), ("weights", weights)]:
            difference = np.abs(np.ravel(value) - expected[key])
            report[key] = float((difference[kept] if key == "weights" else difference).max())
        print(json.dumps(report), flush=True)


{"make": make, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
