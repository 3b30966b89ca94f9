"""Writes convolution.json: the outputs and gradients of Keras's Conv1D and pooling layers. `python convolution.py`"""
import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

batch, time, inputs = 3, 7, 4
random = np.random.default_rng(11)
rounded = lambda *shape: (random.standard_normal(shape) * 8).round().astype("float32") / 16  # numbers that JSON holds exactly
numbers = lambda values: np.asarray(values).flatten().tolist()
time_major = lambda values: numbers(np.transpose(np.asarray(values), (1, 0, 2)))

sequence = rounded(batch, time, inputs)
poolings = {
    "mean": keras.layers.GlobalAveragePooling1D(),
    "max": keras.layers.GlobalMaxPooling1D(),
    "flatten": keras.layers.Flatten(),
}


def convolve(size, filters, padding, activation):
    layer = keras.layers.Conv1D(filters, size, padding=padding, activation=activation)
    layer.build(sequence.shape)
    kernel, bias = rounded(size, inputs, filters), rounded(filters)
    layer.set_weights([kernel, bias])
    given = tf.constant(sequence)
    with tf.GradientTape() as tape:
        tape.watch(given)
        outputs = layer(given)
        upstream = rounded(*outputs.shape)
        loss = tf.reduce_sum(outputs * upstream)
    gradients = tape.gradient(loss, [given, *layer.trainable_variables])
    return {
        "size": size,
        "filters": filters,
        "padding": padding,
        "activation": activation,
        "kernel": numbers(kernel),
        "bias": numbers(bias),
        "upstream": time_major(upstream),
        "outputs": time_major(outputs),
        "gradients": [time_major(gradients[0]), numbers(gradients[1]), numbers(gradients[2])],
    }


def pool(name, layer):
    given = tf.constant(sequence)
    with tf.GradientTape() as tape:
        tape.watch(given)
        outputs = layer(given)
        upstream = rounded(*outputs.shape)
        loss = tf.reduce_sum(outputs * upstream)
    return {
        "name": name,
        "upstream": numbers(upstream),
        "outputs": numbers(outputs),
        "gradient": time_major(tape.gradient(loss, given)),
    }


json.dump(
    {
        "keras": keras.__version__,
        "time": time,
        "batch": batch,
        "inputs": inputs,
        "sequence": time_major(sequence),
        "convolutions": [
            convolve(size, filters, padding, activation)
            for size, filters in ((1, 3), (2, 5), (3, 2), (4, 9))
            for padding in ("same", "valid")
            for activation in ("linear", "relu")
        ],
        "poolings": [pool(name, layer) for name, layer in poolings.items()],
    },
    open("convolution.json", "w"),
)
