"""Which weights no two programs agree on after a step of Adam."""

import keras
import numpy as np


def steady(model):
    """For each number of `model.weights`, whether its next value is determined.

    A bias that a batch normalisation takes off again has a gradient of 0, but for rounding. Adam divides that noise by its own size, and
    so goes a full step somewhere; nothing depends on where. The golden cases leave such weights out as well (`noisy`).
    """
    noisy = {id(layer.bias) for layer in model._flatten_layers() if is_taken_off(layer)}
    return np.concatenate([np.full(int(np.prod(weight.shape)), id(weight) not in noisy) for weight in model.weights])


def is_taken_off(layer):
    if getattr(layer, "bias", None) is None or getattr(layer, "activation", None) is not keras.activations.linear:
        return False
    consumers = [node.operation for node in layer._outbound_nodes]
    return len(consumers) > 0 and all(isinstance(consumer, keras.layers.BatchNormalization) for consumer in consumers)
