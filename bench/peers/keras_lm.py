"""Keras on TensorFlow, with its `fit` and `predict`, on the benchmark's rows."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

from protocol import serve, shape, threads, work

import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)
random = np.random.default_rng(1)
batch, steps = shape["batch"], shape["steps"]


def create_network():
    network = keras.Sequential([keras.Input((steps,), batch_size=batch), layers.Embedding(shape["vocabulary"], shape["embedding"])])
    layer = {"lstm": layers.LSTM, "gru": layers.GRU}[shape.get("cell", "lstm")]
    if "convolution" in shape:
        network.add(layers.Conv1D(shape["convolution"]["filters"], shape["convolution"]["width"], activation="relu"))
        network.add(layers.GlobalAveragePooling1D())
        network.add(layers.Dense(2))
    elif shape.get("bidirectional", False):
        network.add(layers.Bidirectional(layer(shape["units"][0])))
        network.add(layers.Dense(2))
    else:
        for units in shape["units"]:
            network.add(layer(units, return_sequences=True))
        network.add(layers.Dense(shape["vocabulary"]))
    return network


def inputs_of(batches):
    return random.integers(0, shape["vocabulary"], (batch * batches, steps))


def batches_per_second(run):
    """The number of batches that run(batches) completes in one second, so that one call is a repetition."""
    run(4)
    start = time.perf_counter()
    run(8)
    return max(1, round(8 / (time.perf_counter() - start)))


def train():
    labels = work == "train-labels"
    network = create_network()
    optimizers = {"adam": lambda: keras.optimizers.Adam(1e-3, global_clipnorm=5.0), "sgd": lambda: keras.optimizers.SGD(1.0, global_clipnorm=5.0)}
    network.compile(optimizers[shape["optimizer"]](), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def examples(batches):
        size = (batch * batches,) if labels else (batch * batches, steps)
        return inputs_of(batches), random.integers(0, network.output_shape[-1], size)

    def fit(data):
        network.fit(*data, batch_size=batch, epochs=1, verbose=0)

    batches = batches_per_second(lambda count: fit(examples(count)))
    data = examples(batches)

    def step():
        fit(data)
        return data[1].size

    return step


def label():
    network = create_network()

    def predict(inputs):
        network.predict(inputs, batch_size=batch, verbose=0)

    batches = batches_per_second(lambda count: predict(inputs_of(count)))
    inputs = inputs_of(batches)

    def step():
        predict(inputs)
        return len(inputs)

    return step


workloads = {"train": train, "train-labels": train, "label": label}
serve(f"Keras {keras.__version__} on TensorFlow {tf.__version__}", workloads[work]())
