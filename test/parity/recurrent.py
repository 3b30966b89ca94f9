"""Writes recurrent.json: outputs, states and gradients of bidirectional recurrent layers with rows of different lengths: every cell that Keras
has from Keras, masked; those that PyTorch has from PyTorch, packed and with initial states. Run: python recurrent.py (torch and keras from
PyPI)."""

import json
import os

os.environ["KERAS_BACKEND"] = "torch"  # TensorFlow and PyTorch do not share a process
import keras
import numpy as np
import torch

time, batch, inputs, units = 5, 3, 3, 4
lengths = [5, 3, 1]
mask = np.arange(time)[:, None] < np.array(lengths)[None, :]  # [time, batch]
random = np.random.default_rng(11)

gates = {"rnn": 1, "rnn-relu": 1, "lstm": 4, "gru": 3, "gru-reset-before": 3}
layers = {
    "rnn": lambda: keras.layers.SimpleRNN(units, return_sequences=True),
    "rnn-relu": lambda: keras.layers.SimpleRNN(units, activation="relu", return_sequences=True),
    "lstm": lambda: keras.layers.LSTM(units, return_sequences=True),
    "gru": lambda: keras.layers.GRU(units, return_sequences=True),
    "gru-reset-before": lambda: keras.layers.GRU(units, reset_after=False, return_sequences=True),
}
modules = {
    "rnn": lambda: torch.nn.RNN(inputs, units, bidirectional=True),
    "rnn-relu": lambda: torch.nn.RNN(inputs, units, nonlinearity="relu", bidirectional=True),
    "gru": lambda: torch.nn.GRU(inputs, units, bidirectional=True),
}


def draw(*shape):
    return random.uniform(-1, 1, shape).astype(np.float32)


def numbers(array):
    return [float(np.float32(value)) for value in np.asarray(array).ravel()]


def weights(cell):
    """Keras's layout."""
    width = gates[cell] * units
    bias = draw(2, width) if cell == "gru" else draw(width)
    return {"kernel": draw(inputs, width), "recurrent": draw(units, width), "bias": bias}


def run_keras(cell, directions, sequence, upstream):
    layer = keras.layers.Bidirectional(layers[cell]())
    layer.build((batch, time, inputs))
    layer.set_weights([value for values in directions for value in values.values()])
    x = torch.tensor(sequence, requires_grad=True)
    outputs = layer(x.transpose(0, 1), mask=mask.T).transpose(0, 1)
    outputs = torch.where(torch.tensor(mask)[:, :, None], outputs, 0.0)  # Keras repeats the last output past a row's end
    (outputs * torch.tensor(upstream)).sum().backward()
    found = [variable.value.grad for variable in layer.trainable_variables]
    names = ["kernel", "recurrent", "bias"]
    gradients = [{name: numbers(found[index * 3 + place]) for place, name in enumerate(names)} for index in range(2)]
    return {"outputs": numbers(outputs.detach()), "gradients": gradients, "sequenceGradient": numbers(x.grad)}


def reordered(cell, array):
    """Between Keras's order of gates, z r h, and PyTorch's, r z n: the first axis in blocks of units."""
    if cell != "gru":
        return array
    z, r, h = np.split(np.asarray(array), 3, axis=0)
    return np.concatenate([r, z, h], axis=0)


def run_torch(cell, directions, sequence, initial, upstream, last_upstream):
    module = modules[cell]()
    suffixes = ["_l0", "_l0_reverse"]
    for suffix, values in zip(suffixes, directions):
        input_bias, recurrent_bias = values["bias"] if cell == "gru" else (values["bias"], 0 * values["bias"])
        stored = {"weight_ih": values["kernel"].T, "weight_hh": values["recurrent"].T, "bias_ih": input_bias, "bias_hh": recurrent_bias}
        for name, value in stored.items():
            with torch.no_grad():
                getattr(module, name + suffix).copy_(torch.tensor(reordered(cell, value)))
    x, h0 = torch.tensor(sequence, requires_grad=True), torch.tensor(initial, requires_grad=True)
    outputs, h = module(torch.nn.utils.rnn.pack_padded_sequence(x, lengths), h0)
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs, total_length=time)
    ((outputs * torch.tensor(upstream)).sum() + (h * torch.tensor(last_upstream)).sum()).backward()
    gradients = []
    for suffix in suffixes:
        found = {name: reordered(cell, getattr(module, name + suffix).grad) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        bias = np.stack([found["bias_ih"], found["bias_hh"]]) if cell == "gru" else found["bias_ih"]
        gradients.append({"kernel": numbers(found["weight_ih"].T), "recurrent": numbers(found["weight_hh"].T), "bias": numbers(bias)})
    return {
        "outputs": numbers(outputs.detach()),
        "hidden": numbers(h.detach()),
        "gradients": gradients,
        "sequenceGradient": numbers(x.grad),
        "initialGradient": numbers(h0.grad),
    }


sequence = draw(time, batch, inputs)
initial = draw(2, batch, units)
upstream = draw(time, batch, 2 * units)
last_upstream = draw(2, batch, units)
cases = []
for cell in layers:
    directions = [weights(cell) for _ in range(2)]
    cases.append({
        "cell": cell,
        "directions": [{name: numbers(value) for name, value in values.items()} for values in directions],
        "keras": run_keras(cell, directions, sequence, upstream),
        "torch": run_torch(cell, directions, sequence, initial, upstream, last_upstream) if cell in modules else None,
    })

json.dump(
    {
        "made": f"PyTorch {torch.__version__}, Keras {keras.__version__}",
        "time": time, "batch": batch, "inputs": inputs, "units": units, "lengths": lengths,
        "sequence": numbers(sequence), "initial": numbers(initial), "upstream": numbers(upstream), "lastUpstream": numbers(last_upstream),
        "cases": cases,
    },
    open("recurrent.json", "w"),
)
