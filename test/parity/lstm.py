"""Writes lstm.json: an LSTM's outputs, states and gradients from PyTorch (rows of different lengths, one direction and both), its outputs from
Keras, and Adam's and clipping's steps from PyTorch. Run: python lstm.py (torch and keras from PyPI)."""

import json
import os

os.environ["KERAS_BACKEND"] = "torch"  # TensorFlow and PyTorch do not share a process
import keras
import numpy as np
import torch

time, batch, inputs, units = 6, 3, 4, 5
lengths = [6, 4, 1]
random = np.random.default_rng(7)


def draw(*shape):
    return random.uniform(-1, 1, shape).astype(np.float32)


def numbers(array):
    return [float(np.float32(value)) for value in np.asarray(array).ravel()]


def weights():
    """Keras's layout, gates i f c o side by side."""
    return {"kernel": draw(inputs, 4 * units), "recurrent": draw(units, 4 * units), "bias": draw(4 * units)}


def run_torch(directions, sequence, initial, upstream, last_upstream):
    bidirectional = len(directions) == 2
    lstm = torch.nn.LSTM(inputs, units, bidirectional=bidirectional)
    for index, values in enumerate(directions):
        suffix = "_l0_reverse" if index == 1 else "_l0"
        with torch.no_grad():  # PyTorch's gates are i f g o: the same order under other names
            getattr(lstm, "weight_ih" + suffix).copy_(torch.tensor(values["kernel"].T))
            getattr(lstm, "weight_hh" + suffix).copy_(torch.tensor(values["recurrent"].T))
            getattr(lstm, "bias_ih" + suffix).copy_(torch.tensor(values["bias"]))
            getattr(lstm, "bias_hh" + suffix).zero_()
    x = torch.tensor(sequence, requires_grad=True)
    h0, c0 = (torch.tensor(part, requires_grad=True) for part in initial)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths)
    outputs, (h, c) = lstm(packed, (h0, c0))
    outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs, total_length=time)
    loss = (outputs * torch.tensor(upstream)).sum() + (h * torch.tensor(last_upstream[0])).sum() + (c * torch.tensor(last_upstream[1])).sum()
    loss.backward()
    gradients = []
    for index in range(len(directions)):
        suffix = "_l0_reverse" if index == 1 else "_l0"
        gradients.append({
            "kernel": numbers(getattr(lstm, "weight_ih" + suffix).grad.T),
            "recurrent": numbers(getattr(lstm, "weight_hh" + suffix).grad.T),
            "bias": numbers(getattr(lstm, "bias_ih" + suffix).grad),
        })
    return {
        "outputs": numbers(outputs.detach()),
        "hidden": numbers(h.detach()),
        "cell": numbers(c.detach()),
        "gradients": gradients,
        "sequenceGradient": numbers(x.grad),
        "hiddenGradient": numbers(h0.grad),
        "cellGradient": numbers(c0.grad),
    }


def run_keras(values, sequence):
    layer = keras.layers.LSTM(units, return_sequences=True, return_state=True)
    layer.build((batch, time, inputs))
    layer.set_weights([values["kernel"], values["recurrent"], values["bias"]])
    mask = np.arange(time)[None, :] < np.array(lengths)[:, None]
    outputs, hidden, cell = (part.detach().numpy() for part in layer(sequence.transpose(1, 0, 2), mask=mask))
    outputs = np.where(mask[:, :, None], outputs, 0)  # Keras repeats the last output past a row's end
    return {"outputs": numbers(outputs.transpose(1, 0, 2)), "hidden": numbers(hidden), "cell": numbers(cell)}


def run_adam(start, gradients, clip):
    weight = torch.nn.Parameter(torch.tensor(start))
    adam = torch.optim.Adam([weight], lr=0.01)
    for gradient in gradients:
        weight.grad = torch.tensor(gradient)
        torch.nn.utils.clip_grad_norm_([weight], clip)
        adam.step()
    return numbers(weight.detach())


cases = []
sequence = draw(time, batch, inputs)
for count in (1, 2):
    directions = [weights() for _ in range(count)]
    initial = [draw(count, batch, units), draw(count, batch, units)]
    upstream = draw(time, batch, count * units)
    last_upstream = [draw(count, batch, units), draw(count, batch, units)]
    cases.append({
        "directions": [{name: numbers(value) for name, value in values.items()} for values in directions],
        "initial": [numbers(part) for part in initial],
        "upstream": numbers(upstream),
        "lastUpstream": [numbers(part) for part in last_upstream],
        "torch": run_torch(directions, sequence, initial, upstream, last_upstream),
    })

keras_weights = weights()
start = draw(8)
gradients = [draw(8) for _ in range(3)]
json.dump(
    {
        "made": f"PyTorch {torch.__version__}, Keras {keras.__version__}",
        "time": time, "batch": batch, "inputs": inputs, "units": units, "lengths": lengths,
        "sequence": numbers(sequence),
        "cases": cases,
        "keras": {"weights": {name: numbers(value) for name, value in keras_weights.items()}, **run_keras(keras_weights, sequence)},
        "adam": {"start": numbers(start), "gradients": [numbers(g) for g in gradients], "clip": 0.5, "learningRate": 0.01, "weights": run_adam(start, gradients, 0.5)},
    },
    open("lstm.json", "w"),
)
