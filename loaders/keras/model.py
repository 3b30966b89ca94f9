"""Loads the model in this folder and runs it. Needs Keras 3 with any backend."""

import json
import math
import pathlib
import random

import keras
import numpy

from encode import codec

folder = pathlib.Path(__file__).parent


@keras.saving.register_keras_serializable("rnn_text")
class ResidualCell(keras.layers.SimpleRNNCell):
    """h' = tanh(x W + h U + b) + h: a cell that Keras does not have."""

    def call(self, sequence, states, training=False):
        change, _ = super().call(sequence, states, training=training)
        output = change + states[0]
        return output, [output]


vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
model = keras.saving.load_model(folder / "model.keras")
encode, decode = codec(vocabulary)


def run(feeds):
    """The outputs of the model as arrays. feeds: for each possible input a function that returns its array."""
    inputs = {each.name: feeds[each.name]() for each in model.inputs}
    outputs = model(inputs if len(inputs) > 1 else next(iter(inputs.values())))
    if isinstance(outputs, dict):
        return {name: keras.ops.convert_to_numpy(value) for name, value in outputs.items()}
    return keras.ops.convert_to_numpy(outputs)


def logits_of(rows, characters=None):
    """The logits of each row, or of each of its steps. rows: lists of ids or of rows of numbers.

    Rows are padded at the end to one length. The input `mask` is 1 for steps and 0 for padding, which the model ignores.
    characters: for a model that reads them, the ids of each word of each row, from 1.
    """
    time = max(vocabulary.get("leastSteps", 1), *(len(row) for row in rows), 1)
    width = len(vocabulary.get("numbers", {}).get("columns", []))

    def padded(shape, kind, values):
        array = numpy.zeros((len(rows), time, *shape), kind)
        for row, value in enumerate(values):
            if len(value) > 0:
                array[row, : len(value)] = value
        return array

    return run(
        {
            "tokens": lambda: padded((), "int32", rows),
            "numbers": lambda: padded((width,), "float32", rows),
            "mask": lambda: padded((), "float32", [[1] * len(row) for row in rows]),
            "characters": lambda: padded((2 * vocabulary["spelling"]["ends"],), "int32", characters),
        }
    )


def softmax(logits):
    """The probabilities of logits."""
    highest = max(logits)
    exponentials = [math.exp(logit - highest) for logit in logits]
    total = sum(exponentials)
    return [value / total for value in exponentials]


def draw(logits, never, temperature, uniform=random.random):
    """Draws an id with the probabilities of the logits; the most probable one if the temperature is 0. never: ids that are not drawn."""
    scaled = numpy.array(logits, "float64") / max(temperature, 1e-6)
    scaled[never] = -math.inf
    exponentials = numpy.exp(scaled - scaled.max())
    sums = numpy.cumsum(exponentials)
    return int(numpy.searchsorted(sums / sums[-1], uniform(), side="right"))
