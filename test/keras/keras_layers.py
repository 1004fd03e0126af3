"""Keras's side of the table of layers: `make DIR` saves a model for each layer class, `check DIR` opens what was written back.

`make` prints a JSON list of `[name, shape of the input]`; `check` one of `[file, {predictions, loss, weights}]`, the largest
differences before and after one update; `classes` one of the names of all layer classes.
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.applications.convnext import LayerScale, StochasticDepth  # noqa: E402
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer  # noqa: E402

L = keras.layers
vector, sequence, image, volume, film = (6,), (5, 4), (6, 6, 2), (4, 4, 4, 2), (3, 6, 6, 2)

FIRST_CHANNELS = {"data_format": "channels_first"}


def merged(layer):
    return lambda x: layer([L.Dense(4)(x), L.Dense(4)(x)])


def attending(layer, **kwargs):
    return lambda x: layer(*[L.Dense(4)(x)] * 2, **kwargs)


def encoder(norm_first, scale=None):
    def apply(x):
        x = L.Embedding(7, 4, mask_zero=True)(x)
        x = x if scale is None else x * scale
        for _ in range(2):
            y = L.LayerNormalization()(x) if norm_first else x
            x = L.Add()([x, L.MultiHeadAttention(2, 3)(y, y)])
            x = x if norm_first else L.LayerNormalization()(x)
            x = L.Add()([x, L.Dense(4)(L.Dense(6, activation="gelu")(x))])
        return L.GlobalAveragePooling1D()(x)

    return apply


def vision_transformer(x):
    x = L.Reshape((9, 8))(L.Conv2D(8, 2, strides=2)(x))
    for _ in range(2):
        y = L.LayerNormalization(epsilon=1e-6)(x)
        x = L.Add()([x, L.MultiHeadAttention(2, 4)(y, y)])
        y = L.Dense(16, activation="gelu")(L.LayerNormalization(epsilon=1e-6)(x))
        x = x + L.Dense(8)(y)
    return L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(L.LayerNormalization()(x)))


def within(size, kind="functional"):
    """A model to stand as a layer in another: a functional one, a Sequential, a Sequential in a functional one."""
    layers = [L.Dense(3, activation="relu"), L.BatchNormalization(momentum=0.5), L.Dense(size, activation="tanh")]
    sequential = keras.Sequential([L.Input((size,)), *layers])
    if kind == "sequential":
        return sequential
    inputs = L.Input((size,))
    if kind == "nested":
        return keras.Model(inputs, sequential(sequential(inputs)))
    outputs = inputs
    for layer in layers:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def first_call_last(model):
    """Of two calls, the first one's output, which the second one's goes into as well: the model's last layer isn't its last call."""

    def apply(x):
        first = model(x)
        return model(L.Add()([first, L.Dense(6)(model(first))]))

    return apply


def twice(model):
    return lambda x: model(model(x))


# Name, shape of the input, layers or a function of the input. A name is a class, and maybe what is special about it.
TABLE = [
    ("Activation", vector, L.Activation("tanh")),
    ("ActivityRegularization", vector, L.ActivityRegularization(0.1, 0.2)),
    ("AdaptiveAveragePooling1D", sequence, L.AdaptiveAveragePooling1D(2)),
    ("AdaptiveAveragePooling2D", image, L.AdaptiveAveragePooling2D((4, 3))),
    ("AdaptiveAveragePooling3D", volume, L.AdaptiveAveragePooling3D(3)),
    ("AdaptiveMaxPooling1D", sequence, L.AdaptiveMaxPooling1D(2)),
    ("AdaptiveMaxPooling2D", image, L.AdaptiveMaxPooling2D((4, 3))),
    ("AdaptiveMaxPooling3D", volume, L.AdaptiveMaxPooling3D(3)),
    ("AdaptiveMaxPooling2D-first", image, L.AdaptiveMaxPooling2D(2, **FIRST_CHANNELS)),
    ("AdaptiveAveragePooling1D-longer", sequence, L.AdaptiveAveragePooling1D(7)),
    ("Add", vector, merged(L.Add())),
    ("AdditiveAttention", sequence, merged(L.AdditiveAttention())),
    ("AdditiveAttention-causal", sequence, lambda x: L.AdditiveAttention(use_scale=False)([x, x], use_causal_mask=True)),
    ("AlphaDropout", vector, L.AlphaDropout(0.2)),
    ("Attention", sequence, merged(L.Attention())),
    ("Attention-concat", sequence, merged(L.Attention(use_scale=True, score_mode="concat"))),
    ("Attention-key", sequence, lambda x: L.Attention(use_scale=True)([L.Dense(4)(x), L.Dense(6)(x), L.Dense(4)(x)])),
    ("Attention-Dropout", sequence, merged(L.Attention(dropout=0.3))),
    ("Average", vector, merged(L.Average())),
    ("AveragePooling1D", sequence, L.AveragePooling1D(2)),
    ("AveragePooling1D-first", sequence, L.AveragePooling1D(2, data_format="channels_first")),
    ("AveragePooling2D", image, L.AveragePooling2D(2, padding="same")),
    ("AveragePooling3D", volume, L.AveragePooling3D(2)),
    ("BatchNormalization", image, L.BatchNormalization(momentum=0.9)),
    ("BatchNormalization-plain", image, L.BatchNormalization(center=False, scale=False)),
    ("Bidirectional", sequence, L.Bidirectional(L.LSTM(3), merge_mode="sum")),
    ("CenterCrop", image, L.CenterCrop(4, 4)),
    ("Concatenate", vector, merged(L.Concatenate())),
    ("Conv1D-causal", sequence, L.Conv1D(3, 2, padding="causal")),
    ("Conv1D", sequence, L.Conv1D(3, 2, padding="same")),
    ("Conv1D-causal-dilated", sequence, L.Conv1D(3, 2, padding="causal", dilation_rate=2, activation="relu")),
    ("Conv1D-causal-strides", sequence, L.Conv1D(3, 3, padding="causal", strides=2, use_bias=False)),
    ("Conv1D-groups", sequence, L.Conv1D(4, 2, groups=2)),
    ("Conv1D-groups-causal", sequence, L.Conv1D(4, 3, groups=4, padding="causal", dilation_rate=2)),
    ("Conv1D-dilated", sequence, L.Conv1D(3, 2, dilation_rate=2)),
    ("Conv1DTranspose", sequence, L.Conv1DTranspose(3, 3, strides=2)),
    ("Conv1DTranspose-same", sequence, L.Conv1DTranspose(3, 2, strides=3, padding="same", activation="relu")),
    ("Conv2D", image, L.Conv2D(3, 2, dilation_rate=2)),
    ("Conv2D-groups", image, L.Conv2D(4, 3, groups=2, padding="same", activation="relu")),
    ("Conv2D-groups-dilated", image, L.Conv2D(4, 2, groups=2, dilation_rate=2)),
    ("Conv2D-groups-of-one", image, L.Conv2D(6, (3, 2), groups=2, strides=2, use_bias=False)),
    ("Conv2D-groups-strides", image, L.Conv2D(4, 1, groups=2, strides=(1, 2))),
    ("Conv2DTranspose", image, L.Conv2DTranspose(3, 3, strides=2)),
    ("Conv2DTranspose-dilated", image, L.Conv2DTranspose(3, 2, dilation_rate=2)),
    ("Conv2DTranspose-same", image, L.Conv2DTranspose(3, (2, 3), strides=(1, 2), padding="same")),
    ("Conv3D", volume, L.Conv3D(3, 2)),
    ("Conv3D-dilated", volume, L.Conv3D(3, 2, dilation_rate=2, padding="same")),
    ("Conv3DTranspose", volume, L.Conv3DTranspose(3, 2, strides=2)),
    ("ConvLSTM2D", film, L.ConvLSTM2D(3, 2)),
    ("ConvLSTM2D-same", film, L.ConvLSTM2D(3, 2, strides=2, padding="same", return_sequences=True)),
    ("Cropping1D", sequence, L.Cropping1D((1, 2))),
    ("Cropping2D", image, L.Cropping2D(((1, 0), (2, 1)))),
    ("Cropping3D", volume, L.Cropping3D(((1, 0), (2, 1), (0, 1)))),
    ("CustomScaleLayer", vector, merged(CustomScaleLayer(0.17))),
    ("Dense", vector, L.Dense(3, activation="gelu")),
    ("Dense-activity", vector, L.Dense(3, activity_regularizer="l2")),
    ("DepthwiseConv1D", sequence, L.DepthwiseConv1D(2, depth_multiplier=2, strides=2)),
    ("DepthwiseConv1D-dilated", sequence, L.DepthwiseConv1D(3, dilation_rate=2, padding="same", use_bias=False)),
    ("DepthwiseConv2D", image, L.DepthwiseConv2D(2, depth_multiplier=2, strides=2)),
    ("DepthwiseConv2D-dilated", image, L.DepthwiseConv2D(2, dilation_rate=2, activation="relu")),
    ("DepthwiseConv2D-dilated-same", image, L.DepthwiseConv2D(3, dilation_rate=(2, 1), padding="same", use_bias=False)),
    ("Dot", vector, merged(L.Dot(axes=-1, normalize=True))),
    ("Dropout", vector, L.Dropout(0.2)),
    ("Dropout-noise-shape", sequence, L.Dropout(0.2, noise_shape=(None, 1, 4))),
    ("ELU", vector, L.ELU()),
    ("ELU-alpha", vector, L.ELU(0.5)),
    ("EinsumDense", sequence, L.EinsumDense("abc,cde->abde", (None, 3, 2), bias_axes="de", activation="tanh")),
    ("EinsumDense-axes", sequence, L.EinsumDense("BTC,TD->BDC", (3, None), bias_axes="D")),
    ("EinsumDense-rest", (3, 5, 4), L.EinsumDense("...x,xy->...y", 3, bias_axes="y")),
    ("Embedding", vector, L.Embedding(7, 3)),
    ("Embedding-masked", vector, [L.Embedding(7, 3, mask_zero=True), L.LSTM(2)]),
    ("Embedding-encoder", vector, encoder(norm_first=True)),
    ("Embedding-encoder-after", vector, encoder(norm_first=False)),
    ("Embedding-encoder-scaled", vector, encoder(norm_first=True, scale=2.0)),
    ("Embedding-mean", vector, [L.Embedding(7, 3, mask_zero=True), L.Dense(2), L.GlobalAveragePooling1D()]),
    ("Flatten", image, L.Flatten()),
    ("Functional", vector, lambda x: within(6)(x)),
    ("Functional-nested", vector, lambda x: within(6, "nested")(x)),
    ("Functional-thrice", vector, first_call_last(within(6))),
    ("Functional-twice", vector, twice(within(6))),
    ("GRU", sequence, L.GRU(3, reset_after=False)),
    ("GRU-reset-after", sequence, L.GRU(3)),
    ("GRU-reset-after-both-ways", sequence, L.Bidirectional(L.GRU(2, use_bias=False, return_sequences=True))),
    ("GaussianDropout", vector, L.GaussianDropout(0.2)),
    ("GaussianNoise", vector, L.GaussianNoise(0.2)),
    ("GlobalAveragePooling1D", sequence, L.GlobalAveragePooling1D()),
    ("GlobalAveragePooling1D-keepdims", sequence, L.GlobalAveragePooling1D(keepdims=True, **FIRST_CHANNELS)),
    ("GlobalAveragePooling2D-keepdims", image, L.GlobalAveragePooling2D(keepdims=True)),
    ("GlobalMaxPooling2D-keepdims", image, L.GlobalMaxPooling2D(keepdims=True)),
    ("GlobalAveragePooling2D", image, L.GlobalAveragePooling2D()),
    ("GlobalAveragePooling3D", volume, L.GlobalAveragePooling3D()),
    ("GlobalMaxPooling1D", sequence, L.GlobalMaxPooling1D()),
    ("GlobalMaxPooling2D", image, L.GlobalMaxPooling2D()),
    ("GroupedQueryAttention", sequence, attending(L.GroupQueryAttention(3, 4, 2), use_causal_mask=True)),
    ("GroupNormalization", image, L.GroupNormalization(2)),
    ("GroupNormalization-axis", image, L.GroupNormalization(-1, axis=1, scale=False)),
    ("GlobalMaxPooling3D", volume, L.GlobalMaxPooling3D()),
    ("Identity", vector, L.Identity()),
    ("LSTM", sequence, L.LSTM(3, return_sequences=True, go_backwards=True)),
    ("LayerScale", image, LayerScale(0.3, 2)),
    ("LayerNormalization", sequence, L.LayerNormalization(axis=(1, 2))),
    ("LayerNormalization-rms", sequence, L.LayerNormalization(rms_scaling=True)),
    ("LeakyReLU", vector, L.LeakyReLU(negative_slope=0.1)),
    ("Masking", sequence, [L.Masking(0.5), L.SimpleRNN(3)]),
    ("Masking-identity", sequence, [L.Masking(0.5), L.Identity(), L.ActivityRegularization(0.1), L.UnitNormalization(), L.LSTM(2)]),
    ("Masking-reset-after", sequence, [L.Masking(0.5), L.GRU(3)]),
    ("Masking-to-the-end", sequence, [L.Masking(0.5), L.LSTM(3, return_sequences=True)]),
    ("MaxPooling1D", sequence, L.MaxPooling1D(2)),
    ("MaxPooling1D-same", sequence, L.MaxPooling1D(2, padding="same")),
    ("MaxPooling2D", image, L.MaxPooling2D((2, 1), strides=2)),
    ("MaxPooling3D", volume, L.MaxPooling3D(2)),
    ("Maximum", vector, merged(L.Maximum())),
    ("Minimum", vector, merged(L.Minimum())),
    ("MultiHeadAttention", sequence, attending(L.MultiHeadAttention(2, 3))),
    ("MultiHeadAttention-all", sequence, attending(L.MultiHeadAttention(3, 2, 4, use_bias=False, use_gate=True, output_shape=(2, 3)))),
    ("MultiHeadAttention-axes", (3, 5, 4), attending(L.MultiHeadAttention(2, 3, attention_axes=(2,)))),
    ("MultiHeadAttention-band", sequence, attending(L.MultiHeadAttention(2, 3, sliding_window=2), use_causal_mask=True)),
    ("MultiHeadAttention-cross", sequence, lambda x: L.MultiHeadAttention(2, 3)(L.Dense(4)(x), value=L.Dense(5)(x), key=L.Dense(6)(x))),
    ("MultiHeadAttention-Dropout", sequence, attending(L.MultiHeadAttention(2, 3, dropout=0.3))),
    ("MultiHeadAttention-mask", sequence, lambda x: L.MultiHeadAttention(2, 3)(x, x, attention_mask=L.Dense(5)(x))),
    ("MultiHeadAttention-picture", image, vision_transformer),
    ("Multiply", vector, merged(L.Multiply())),
    ("Normalization", sequence, L.Normalization(axis=(1, -1))),
    ("Normalization-fixed", sequence, L.Normalization(mean=[0.5, 1, 2, 0], variance=[2, 1, 3, 0])),
    ("Normalization-one", image, L.Normalization(axis=None, mean=0.5, variance=2.0, invert=True)),
    ("PReLU", image, L.PReLU(shared_axes=[1, 2])),
    ("Operation-add", vector, lambda x: L.Dense(4)(x) + L.Dense(4)(x)),
    ("Operation-constant", vector, lambda x: L.Dense(4)(x) * 2.0),
    ("Operation-number", vector, lambda x: 1.5 - L.Dense(4)(x) / 4.0),
    ("Operation-power", vector, lambda x: x**2),
    ("Operation-relu", vector, lambda x: keras.ops.relu(x)),
    ("Operation-broadcast", sequence, lambda x: x * L.GlobalMaxPooling1D(keepdims=False)(x)[0]),
    ("Permute", sequence, L.Permute((2, 1))),
    ("RMSNormalization", sequence, L.RMSNormalization()),
    ("RMSNormalization-axes", sequence, L.RMSNormalization(axis=(1, 2))),
    ("RNN", sequence, L.RNN(L.GRUCell(3, reset_after=False))),
    ("RNN-reset-after", sequence, L.RNN(L.GRUCell(3))),
    ("RNN-stacked", sequence, L.RNN([L.LSTMCell(3), L.SimpleRNNCell(2)])),
    ("ReLU", vector, L.ReLU(max_value=1.0)),
    ("ReLU-slope", vector, L.ReLU(max_value=1.0, negative_slope=0.2, threshold=0.1)),
    ("RepeatVector", vector, L.RepeatVector(2)),
    ("Rescaling", image, L.Rescaling(0.5, offset=0.1)),
    ("Reshape", sequence, L.Reshape((-1, 2))),
    ("Resizing", image, L.Resizing(3, 4)),
    ("SeparableConv1D", sequence, L.SeparableConv1D(3, 2, dilation_rate=2)),
    ("SeparableConv1D-strides", sequence, L.SeparableConv1D(3, 2, strides=2, depth_multiplier=2, padding="same")),
    ("SeparableConv2D", image, L.SeparableConv2D(3, 2, dilation_rate=2)),
    ("SeparableConv2D-strides", image, L.SeparableConv2D(3, 2, strides=2, depth_multiplier=2, padding="same")),
    ("Sequential", vector, lambda x: within(6, "sequential")(x)),
    ("Sequential-twice", vector, twice(within(6, "sequential"))),
    ("SimpleRNN", sequence, L.SimpleRNN(3)),
    ("Softmax", sequence, L.Softmax()),
    ("SpatialDropout1D", sequence, L.SpatialDropout1D(0.3)),
    ("SpatialDropout2D", image, L.SpatialDropout2D(0.3)),
    ("SpatialDropout3D", volume, L.SpatialDropout3D(0.3)),
    ("StochasticDepth", image, StochasticDepth(0.2)),
    ("Subtract", vector, merged(L.Subtract())),
    ("TimeDistributed", sequence, L.TimeDistributed(L.Dense(2))),
    ("TimeDistributed-normalization", (3, 5, 4), L.TimeDistributed(L.LayerNormalization(axis=(1, 2)))),
    ("TimeDistributed-functional", sequence, L.TimeDistributed(within(4))),
    ("TimeDistributed-nested", sequence, L.TimeDistributed(within(4, "nested"))),
    ("TimeDistributed-sequential", sequence, L.TimeDistributed(within(4, "sequential"))),
    ("TimeDistributed-twice", (3, 5, 4), L.TimeDistributed(L.TimeDistributed(within(4)))),
    ("ThresholdedReLU", vector, keras.src.legacy.layers.ThresholdedReLU(theta=0.5)),
    ("UnitNormalization", image, L.UnitNormalization()),
    ("UnitNormalization-axes", image, L.UnitNormalization(axis=[1, 2])),
    ("UpSampling1D", sequence, L.UpSampling1D(2)),
    ("UpSampling2D", image, L.UpSampling2D((2, 1))),
    ("UpSampling2D-bilinear", image, L.UpSampling2D(2, interpolation="bilinear")),
    ("UpSampling3D", volume, L.UpSampling3D((1, 2, 3))),
    ("ZeroPadding1D", sequence, L.ZeroPadding1D((1, 2))),
    ("ZeroPadding1D-first", sequence, L.ZeroPadding1D(1, data_format="channels_first")),
    ("ZeroPadding2D", image, L.ZeroPadding2D(((1, 0), (2, 1)))),
    ("ZeroPadding3D", volume, L.ZeroPadding3D(((1, 0), (2, 1), (0, 1)))),
    # The channels first, as far as Keras has it on a processor.
    ("SeparableConv2D-first", image, L.SeparableConv2D(3, 2, **FIRST_CHANNELS)),
    ("DepthwiseConv2D-first", image, L.DepthwiseConv2D(2, **FIRST_CHANNELS)),
    ("MaxPooling2D-first", image, L.MaxPooling2D(2, **FIRST_CHANNELS)),
    ("AveragePooling2D-first", image, L.AveragePooling2D(2, **FIRST_CHANNELS)),
    ("MaxPooling3D-first", volume, L.MaxPooling3D(2, **FIRST_CHANNELS)),
    ("GlobalAveragePooling2D-first", image, L.GlobalAveragePooling2D(**FIRST_CHANNELS)),
    ("GlobalMaxPooling2D-first", image, L.GlobalMaxPooling2D(**FIRST_CHANNELS)),
    ("GlobalAveragePooling3D-first", volume, L.GlobalAveragePooling3D(**FIRST_CHANNELS)),
    ("UpSampling2D-first", image, L.UpSampling2D(2, **FIRST_CHANNELS)),
    ("ZeroPadding2D-first", image, L.ZeroPadding2D(1, **FIRST_CHANNELS)),
    ("Cropping2D-first", image, L.Cropping2D(((1, 0), (0, 1)), **FIRST_CHANNELS)),
    ("Flatten-first", image, L.Flatten(**FIRST_CHANNELS)),
    ("Conv3D-first", volume, L.Conv3D(3, 2, **FIRST_CHANNELS)),
    ("SpatialDropout2D-first", image, L.SpatialDropout2D(0.3, **FIRST_CHANNELS)),
    ("Cropping3D-first", volume, L.Cropping3D(((1, 0), (1, 1), (0, 1)), **FIRST_CHANNELS)),
    ("UpSampling3D-first", volume, L.UpSampling3D(2, **FIRST_CHANNELS)),
    ("ZeroPadding3D-first", volume, L.ZeroPadding3D(1, **FIRST_CHANNELS)),
]


# These take numbers as they come: no layer stands before them.
FIRST = ["Embedding", "Masking"]


def build(name, shape, part):
    keras.utils.set_random_seed(1)
    before = [] if name.split("-")[0] in FIRST else [L.Dense(shape[-1], name="before")]
    if callable(part) and not isinstance(part, L.Layer):
        inputs = L.Input(shape)
        model = keras.Model(inputs, part(before[0](inputs) if before else inputs))
    else:
        model = keras.Sequential([L.Input(shape), *before, *(part if isinstance(part, list) else [part])])
    random = np.random.default_rng(2)
    # Variances, among others, must be positive.
    model.set_weights([random.uniform(0.1, 0.5, w.shape).astype(w.dtype) for w in model.get_weights()])
    for layer in model.layers:
        if isinstance(layer, L.Normalization):
            layer.finalize_state()
    compile_model(model)
    return model


def compile_model(model):
    model.compile(keras.optimizers.SGD(0.01), "mean_squared_error")


def batch(name, shape):
    random = np.random.default_rng(3)
    whole = random.integers(0, 7, (2, *shape)) / (1 if name.startswith("Embedding") else 2)
    if name.startswith("AdaptiveMaxPooling3D"):
        # Of equal values, Keras counts each for the gradient here, and the first one alone in its two-dimensional pooling.
        whole = random.permutation(whole.size).reshape(whole.shape) / 32
    if name.startswith("Masking"):
        whole[0, 3:] = 0.5
    return whole.astype("float32")


def step(model, name, shape):
    """The predictions on a batch, then one update on it."""
    # Tracing takes longer than one step.
    model.run_eagerly = True
    x = batch(name, shape)
    predictions = np.asarray(model.predict_on_batch(x), "float32")
    y = np.random.default_rng(4).normal(size=predictions.shape).astype("float32")
    loss = np.float32(model.train_on_batch(x, y))
    weights = np.concatenate([[0], *[np.ravel(w) for w in model.get_weights()]])
    return {"x": x, "y": y, "predictions": predictions, "loss": loss, "weights": weights}


def make(folder):
    for name, shape, part in TABLE:
        model = build(name, shape, part)
        # Saving as .h5 takes the optimizer out of the model's compile config, so that it comes last.
        for suffix in ["keras", "h5"]:
            model.save(str(folder / f"{name}.{suffix}"))
        compile_model(model)
        for key, value in step(model, name, shape).items():
            np.asarray(value, "float32").tofile(folder / f"{name}.{key}.f32")
    print(json.dumps([[name, shape] for name, shape, _ in TABLE]))


def check(folder):
    report = []
    shapes = {name: shape for name, shape, _ in TABLE}
    for path in sorted(folder.iterdir()):
        try:
            model = keras.models.load_model(path)
            if path.suffix == ".h5":
                # Keras 3.15 builds the optimizer of a whole-model .h5 file for no variables; its own as well.
                compile_model(model)
            found = step(model, path.stem, shapes[path.stem])
            differences = {}
            for key in ["predictions", "loss", "weights"]:
                expected = np.fromfile(folder.parent / f"{path.stem}.{key}.f32", "float32")
                differences[key] = float((np.abs(np.ravel(found[key]) - expected) / np.maximum(1, np.abs(expected))).max())
            report.append([path.name, differences])
        except Exception as error:  # Told of all files, not of the first alone.
            report.append([path.name, str(error)[:300]])
    print(json.dumps(report))


def classes(_):
    found = [getattr(L, name) for name in dir(L)]
    layers = [value for value in found if isinstance(value, type) and issubclass(value, L.Layer)]
    print(json.dumps(sorted({layer.__name__ for layer in layers} - {"Layer", "Wrapper"})))


{"make": make, "check": check, "classes": classes}[sys.argv[1]](pathlib.Path(sys.argv[2]))
