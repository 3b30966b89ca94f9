"""Writes keras.json: small typical Keras models as .keras files (gzipped), and their logits. `python keras_models.py`"""
import base64
import gzip
import json
import os
import tempfile

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
from keras import layers as L

tokens = ["", "[UNK]", *"abcdefgh"]
size = len(tokens)
random = np.random.default_rng(5)


def reading():
    return [keras.Input((None,), dtype="int32"), L.Embedding(size, 5)]


def written(model):
    path = os.path.join(tempfile.mkdtemp(), "model.keras")
    model.save(path)
    return open(path, "rb").read()


def case(name, model, **options):
    for weight in model.weights:
        weight.assign(random.uniform(-0.7, 0.7, weight.shape))
    file = written(model)
    last = model.layers[-1]
    last = last.layer if isinstance(last, L.TimeDistributed) else last
    last.activation = keras.activations.linear
    x = random.integers(2, size, (2, options.get("steps", 6)))  # [batch, time]
    logits = np.asarray(model(x).detach())
    if logits.ndim == 3:
        logits = logits.transpose(1, 0, 2).reshape(-1, logits.shape[2])
    return {
        "name": name,
        "options": options,
        "file": base64.b64encode(gzip.compress(file, mtime=0)).decode(),
        "texts": [(" " if "task" in options else "").join(tokens[i] for i in row) for row in x],
        "logits": logits.tolist(),
    }


def pooled():
    text = keras.Input((None,), dtype="int32")
    x = L.Bidirectional(L.LSTM(4, return_sequences=True))(L.SpatialDropout1D(0.2)(L.Embedding(size, 5, mask_zero=True)(text)))
    x = L.concatenate([L.GlobalMaxPooling1D()(x), L.GlobalAveragePooling1D()(x)])
    return keras.Model(text, L.Dense(3, activation="softmax")(L.Dense(7, activation="relu")(x)))


labels = {"labels": ["bad", "good", "odd"]}
cases = [
    case("an LSTM generator", keras.Sequential([*reading(), L.LSTM(6, return_sequences=True), L.Dense(size, activation="softmax")])),
    case("a generator of two GRU layers", keras.Sequential([
        *reading(), L.GRU(6, return_sequences=True), L.Dropout(0.2), L.GRU(4, return_sequences=True, reset_after=False), L.TimeDistributed(L.Dense(size)),
    ])),
    case("a generator of plain layers over windows", keras.Sequential([
        *reading(), L.SimpleRNN(6, return_sequences=True, activation="relu"), L.SimpleRNN(4), L.Dense(size, activation="softmax"),
    ]), steps=5),
    case("a classifier of every kind of layer", keras.Sequential([
        *reading(), L.Bidirectional(L.LSTM(4, return_sequences=True)), L.GRU(3, return_sequences=True, use_bias=False), L.Bidirectional(L.SimpleRNN(4)),
        L.Dense(7, activation="relu"), L.Dropout(0.5), L.Dense(3, activation="softmax"),
    ]), **labels),
    case("max and mean pooling", pooled(), **labels),
    case("a sigmoid for two labels", keras.Sequential([*reading(), L.LSTM(4), L.Dense(1, activation="sigmoid")]), labels=["bad", "good"]),
    case("a bidirectional LSTM tagger", keras.Sequential([
        *reading(), L.Bidirectional(L.LSTM(4, return_sequences=True)), L.Dense(3, activation="softmax"),
    ]), task="tagger", **labels),
]
unsupported = [
    ("a cell with another activation", [*reading(), L.LSTM(4, activation="relu"), L.Dense(2)], 'has activation "relu"'),
    ("a sum of the directions", [*reading(), L.Bidirectional(L.GRU(4), merge_mode="sum"), L.Dense(2)], 'has merge_mode "sum"'),
    ("an unsupported layer", [*reading(), L.Conv1D(4, 2), L.LSTM(4), L.Dense(2)], "(Conv1D) cannot be imported"),
    ("several labels per text", [*reading(), L.LSTM(4), L.Dense(2, activation="sigmoid")], "several outputs with sigmoid"),
    ("other tokens", [keras.Input((None,)), L.Embedding(9, 3), L.LSTM(4), L.Dense(2)], "has 9 rows, but the vocabulary has 10 tokens"),
    ("other labels", [*reading(), L.LSTM(4), L.Dense(3)], "has 3 outputs; expected 2"),
    ("no dense layer at the end", [*reading(), L.LSTM(4)], "the last layer of the model is not Dense"),
]
json.dump(
    {
        "keras": keras.__version__,
        "tokens": tokens,
        "cases": cases,
        "unsupported": [
            {"name": name, "message": message, "file": base64.b64encode(gzip.compress(written(keras.Sequential(layers)), mtime=0)).decode()}
            for name, layers, message in unsupported
        ],
    },
    open("keras.json", "w"),
)
