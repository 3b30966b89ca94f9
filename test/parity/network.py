"""Writes network.json: networks of stacked, normalized and residual layers over rows of different lengths, with their losses and the gradients
of all weights, from PyTorch (packed). `python network.py`"""
import json

import torch
from torch.nn.functional import cross_entropy, layer_norm, mse_loss
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

time, batch, inputs, units = 5, 3, 3, 4
lengths = [5, 3, 1]
torch.manual_seed(13)
draw = lambda *shape: (torch.rand(*shape) * 2 - 1).requires_grad_()
numbers = lambda tensor: tensor.detach().flatten().tolist()
present = (torch.arange(time)[:, None] < torch.tensor(lengths)[None, :])[:, :, None]  # [time, batch, 1]


def names_of(bidirectional):
    return ["forward", "backward"] if bidirectional else ["forward"]


def weights_of(bidirectional, classes):
    width = units * (2 if bidirectional else 1)
    weights = {}
    for recurrent, normalization, read in ((0, 1, inputs), (2, 3, width)):
        for name in names_of(bidirectional):  # Keras's layout
            weights[f"{recurrent}-recurrent/{name}/kernel"] = draw(read, 4 * units)
            weights[f"{recurrent}-recurrent/{name}/recurrent"] = draw(units, 4 * units)
            weights[f"{recurrent}-recurrent/{name}/bias"] = draw(4 * units)
        weights[f"{normalization}-normalisation/scale"] = draw(width)
        weights[f"{normalization}-normalisation/shift"] = draw(width)
    return {**weights, "head/kernel": draw(3 * width, classes), "head/bias": draw(classes)}


def recurrent(x, weights, index, bidirectional):
    """PyTorch's gates are i f g o: the same order as Keras's under other names."""
    lstm = torch.nn.LSTM(x.shape[2], units, bidirectional=bidirectional)
    named = {}
    for name, suffix in zip(names_of(bidirectional), ("_l0", "_l0_reverse")):
        layer = f"{index}-recurrent/{name}/"
        named["weight_ih" + suffix] = weights[layer + "kernel"].T
        named["weight_hh" + suffix] = weights[layer + "recurrent"].T
        named["bias_ih" + suffix] = weights[layer + "bias"]
        named["bias_hh" + suffix] = torch.zeros(4 * units)
    packed, _ = torch.func.functional_call(lstm, named, (pack_padded_sequence(x, lengths),))
    return pad_packed_sequence(packed, total_length=time)[0]


def normalize(x, weights, index):
    layer = f"{index}-normalisation/"
    return layer_norm(x, x.shape[-1:], weights[layer + "scale"], weights[layer + "shift"])


def ends_of(x):
    last = torch.stack([x[length - 1, row] for row, length in enumerate(lengths)])
    return torch.cat([last[:, :units], x[0, :, units:]], 1)  # the second direction ends with the first step


def pooled(x, ends):
    mean = torch.where(present, x, 0.0).sum(0) / torch.tensor(lengths)[:, None]
    largest = torch.where(present, x, -torch.inf).max(0).values
    return torch.cat([ends, mean, largest], 1)


def run(task, bidirectional):
    classes = 1 if task == "regressor" else 3
    weights = weights_of(bidirectional, classes)
    targets = torch.tensor([0.5, -1.5, 2.0]) if task == "regressor" else torch.tensor([2, 0, 1])
    first = recurrent(sequence, weights, 0, bidirectional)
    first, first_ends = normalize(first, weights, 1), normalize(ends_of(first), weights, 1)
    second = recurrent(first, weights, 2, bidirectional)
    second, second_ends = normalize(second, weights, 3), normalize(ends_of(second), weights, 3)
    outputs = pooled(first + second, first_ends + second_ends) @ weights["head/kernel"] + weights["head/bias"]
    loss = mse_loss(outputs[:, 0], targets) if task == "regressor" else cross_entropy(outputs, targets)
    loss.backward()
    return {
        "task": task,
        "bidirectional": bidirectional,
        "classes": classes,
        "targets": targets.tolist(),
        "weights": {name: {"shape": list(value.shape), "values": numbers(value)} for name, value in weights.items()},
        "outputs": numbers(outputs),
        "loss": loss.item(),
        "gradients": {name: numbers(value.grad) for name, value in weights.items()},
    }


sequence = draw(time, batch, inputs).detach()
json.dump(
    {
        "torch": torch.__version__,
        "time": time, "batch": batch, "inputs": inputs, "units": units, "lengths": lengths,
        "sequence": numbers(sequence),
        "cases": [run(task, bidirectional) for task in ("classifier", "regressor") for bidirectional in (False, True)],
    },
    open("network.json", "w"),
)
