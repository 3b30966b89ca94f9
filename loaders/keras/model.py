"""Opens the model beside this file and asks it. Needs nothing but Keras 3 and a backend of it."""

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
    """h' = tanh(x W + h U + b) + h, which Keras has not; known to it from here on."""

    def call(self, sequence, states, training=False):
        change, _ = super().call(sequence, states, training=training)
        output = change + states[0]
        return output, [output]


vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
model = keras.saving.load_model(folder / "model.keras")
encode, decode = codec(vocabulary)


def ask(feeds):
    """The model's answer, as arrays. feeds: a function for each input that a model may have."""
    given = {each.name: feeds[each.name]() for each in model.inputs}
    answer = model(given if len(given) > 1 else next(iter(given.values())))
    if isinstance(answer, dict):
        return {name: keras.ops.convert_to_numpy(value) for name, value in answer.items()}
    return keras.ops.convert_to_numpy(answer)


def answers(rows, characters=None):
    """What the model says of rows of ids, or of rows of numbers: logits of each row, or of each of its steps.

    Rows are padded behind to one length. The input `mask` has 1 where a row has a step of its own and 0 where it is padding,
    which is never read. characters: of each word of each row, ids from 1, where the model reads them.
    """
    time = max(vocabulary.get("leastSteps", 1), *(len(row) for row in rows), 1)
    width = len(vocabulary.get("numbers", {}).get("columns", []))

    def padded(shape, kind, values):
        array = numpy.zeros((len(rows), time, *shape), kind)
        for row, value in enumerate(values):
            if len(value) > 0:
                array[row, : len(value)] = value
        return array

    return ask(
        {
            "tokens": lambda: padded((), "int32", rows),
            "numbers": lambda: padded((width,), "float32", rows),
            "mask": lambda: padded((), "float32", [[1] * len(row) for row in rows]),
            "characters": lambda: padded((2 * vocabulary["spelling"]["ends"],), "int32", characters),
        }
    )


def softmax(logits):
    """Probabilities from logits."""
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def draw(logits, never, temperature, chance=random.random):
    """An id drawn with the probabilities of the logits, the likeliest where the temperature is 0; some never."""
    scaled = numpy.array(logits, "float64") / max(temperature, 1e-6)
    scaled[never] = -math.inf
    powers = numpy.exp(scaled - scaled.max())
    sums = numpy.cumsum(powers)
    return int(numpy.searchsorted(sums / sums[-1], chance(), side="right"))
