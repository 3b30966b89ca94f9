"""Writes blocks.json: networks of pre-norm residual blocks over rows of different lengths, with their outputs, losses, states and the gradients of all
weights, from PyTorch modules written from the papers: RMSNorm (Zhang & Sennrich 2019), a causal depthwise convolution, a cell (SRU, HGRN, minGRU or
PyTorch's LSTM), a projection, and SwiGLU (Shazeer 2020). Run: python blocks.py (torch from PyPI)."""

import json
import math

import torch
from torch import nn
from torch.nn import functional

time, batch, vocabulary, width, units, mlp, blocks = 6, 3, 7, 4, 5, 3, 2
lengths = [6, 4, 1]
torch.manual_seed(29)
draw = lambda *shape: (torch.rand(*shape) * 2 - 1).requires_grad_()
numbers = lambda tensor: tensor.detach().flatten().tolist()
present = (torch.arange(time)[:, None] < torch.tensor(lengths)[None, :])[:, :, None]  # [time, batch, 1]
gates = {"sru": 4, "hgrn": 3, "mingru": 2, "lstm": 4}
biases = {"sru": 2, "hgrn": 3, "mingru": 2, "lstm": 4}
recurrents = {"sru": (2, units), "lstm": (units, 4 * units)}


def rms_norm(x, scale):
    return functional.rms_norm(x, (x.shape[-1],), scale, eps=1e-6)


def causal(x, weights, before):
    """x [time, batch, width], weights [size, width], before: the inputs that precede the first."""
    padded = torch.cat([before, x]).permute(1, 2, 0)  # [batch, width, steps]
    kernel = weights.T[:, None, :]  # [width, 1, size]
    return functional.conv1d(padded, kernel, groups=width).permute(2, 0, 1)


def sru(x, w, _, c):
    outputs = []
    (v_f, v_r), (b_f, b_r) = w["recurrent"], w["bias"].chunk(2)
    for step in x:
        g, xf, xr, skip = (step @ w["kernel"]).chunk(4, dim=1)
        f, r = torch.sigmoid(xf + v_f * c + b_f), torch.sigmoid(xr + v_r * c + b_r)
        c = f * c + (1 - f) * g
        outputs.append(r * c + (1 - r) * skip * math.sqrt(3))
    return torch.stack(outputs)


def hgrn(x, w, lower, c):
    outputs = []
    for step in x:
        forget, candidate, output = (step @ w["kernel"] + w["bias"]).chunk(3, dim=1)
        f = lower + (1 - lower) * torch.sigmoid(forget)
        c = f * c + (1 - f) * functional.silu(candidate)
        outputs.append(functional.rms_norm(c * torch.sigmoid(output), (units,), eps=1e-6))
    return torch.stack(outputs)


def mingru(x, w, _, h):
    outputs = []
    for step in x:
        update, hidden = (step @ w["kernel"] + w["bias"]).chunk(2, dim=1)
        z = torch.sigmoid(update)
        h = (1 - z) * h + z * torch.where(hidden >= 0, hidden + 0.5, torch.sigmoid(hidden))
        outputs.append(h)
    return torch.stack(outputs)


def lstm(x, w, _, h):
    module = nn.LSTM(x.shape[2], units)
    named = {"weight_ih_l0": w["kernel"].T, "weight_hh_l0": w["recurrent"].T, "bias_ih_l0": w["bias"], "bias_hh_l0": torch.zeros(4 * units)}
    return torch.func.functional_call(module, named, (x,))[0]


def layer_of(cell, w, lower, x, backwards):
    """A layer over rows of different lengths, one row at a time; zeros past a row's end."""
    columns = []
    for row, length in enumerate(lengths):
        read = x[:length, row : row + 1]
        out = globals()[cell](read.flip(0) if backwards else read, w, lower, torch.zeros(1, units))
        out = out.flip(0) if backwards else out
        columns.append(torch.cat([out[:, 0], torch.zeros(time - length, units)]))
    return torch.stack(columns, dim=1)


def layers_of(cell, bidirectional, size):
    """The layers of our spec, and their weights by our names."""
    layers, weights = [{"type": "embedding", "units": width}], {"0-embedding/table": draw(vocabulary, width)}

    def add(layer, **of):
        for name, value in of.items():
            weights[f"{len(layers)}-{layer['type']}/{name}"] = value
        layers.append(layer)

    for index in range(blocks):
        add({"type": "rms-norm"}, scale=draw(width))
        if size:
            add({"type": "causal-convolution", "size": size, "units": width}, kernel=draw(size, width))
        layer = {"type": "recurrent", "cell": cell, "units": units, "bidirectional": bidirectional}
        if cell == "hgrn" and index > 0:
            layer["lowerBound"] = index / blocks
        of = {}
        for name in ["forward", "backward"][: 2 if bidirectional else 1]:
            of[f"{name}/kernel"] = draw(width, gates[cell] * units)
            if cell in recurrents:
                of[f"{name}/recurrent"] = draw(*recurrents[cell])
            of[f"{name}/bias"] = draw(biases[cell] * units)
        add(layer, **of)
        add({"type": "projection", "units": width}, kernel=draw(units * (2 if bidirectional else 1), width))
        add({"type": "residual", "over": 4 if size else 3})
        add({"type": "rms-norm"}, scale=draw(width))
        add({"type": "gated-mlp", "units": mlp}, kernel=draw(width, 2 * mlp), projection=draw(mlp, width))
        add({"type": "residual", "over": 2})
    add({"type": "rms-norm"}, scale=draw(width))
    return layers, weights


def forward(layers, weights, tokens):
    x, inputs = None, []
    for index, layer in enumerate(layers):
        w = {name.split("/", 1)[1]: value for name, value in weights.items() if name.startswith(f"{index}-")}
        inputs.append(x)
        kind = layer["type"]
        if kind == "embedding":
            x = w["table"][tokens]
        elif kind == "rms-norm":
            x = rms_norm(x, w["scale"])
        elif kind == "causal-convolution":
            x = causal(x, w["kernel"], torch.zeros(layer["size"] - 1, batch, width))
        elif kind == "recurrent":
            names = ["forward", "backward"][: 2 if layer["bidirectional"] else 1]
            own = [{part: w[f"{name}/{part}"] for part in ("kernel", "recurrent", "bias") if f"{name}/{part}" in w} for name in names]
            x = torch.cat([layer_of(layer["cell"], each, layer.get("lowerBound", 0), x, at == 1) for at, each in enumerate(own)], dim=2)
        elif kind == "projection":
            x = x @ w["kernel"]
        elif kind == "gated-mlp":
            gate, value = (x @ w["kernel"]).chunk(2, dim=2)
            x = (functional.silu(gate) * value) @ w["projection"]
        else:
            x = inputs[-1 - layer["over"]] + x
    return x


def run(task, cell, bidirectional, size):
    layers, weights = layers_of(cell, bidirectional, size)
    classes = {"generator": vocabulary, "classifier": 3, "tagger": 4}[task]
    pooled = task == "classifier"
    over = ["mean", "max"] if bidirectional else ["last", "mean"]
    tokens = torch.randint(vocabulary, (time, batch))
    x = forward(layers, weights, tokens)
    if pooled:
        mean = torch.where(present, x, 0.0).sum(0) / torch.tensor(lengths)[:, None]
        largest = torch.where(present, x, -torch.inf).max(0).values
        last = torch.stack([x[length - 1, row] for row, length in enumerate(lengths)])
        x = torch.cat([{"mean": mean, "max": largest, "last": last}[name] for name in over], 1)
    weights["head/kernel"], weights["head/bias"] = draw(x.shape[-1], classes), draw(classes)
    outputs = x @ weights["head/kernel"] + weights["head/bias"]
    targets = torch.randint(classes, (batch,) if pooled else (time, batch))
    if not pooled:
        targets = torch.where(present[:, :, 0], targets, -1)
    loss = functional.cross_entropy(outputs.reshape(-1, classes), targets.flatten(), ignore_index=-1)
    loss.backward()
    return {
        "spec": {
            "task": task,
            "vocabulary": vocabulary,
            "layers": layers + ([{"type": "pooling", "over": over}] if pooled else []),
            "classes": classes,
        },
        "tokens": tokens.flatten().tolist(),
        "targets": targets.flatten().tolist(),
        "weights": {name: {"shape": list(value.shape), "values": numbers(value)} for name, value in weights.items()},
        "outputs": numbers(outputs),
        "loss": loss.item(),
        "gradients": {name: numbers(value.grad) for name, value in weights.items()},
    }


cases = [
    run("generator", "hgrn", False, 4),
    run("generator", "mingru", False, None),
    run("generator", "sru", False, 3),
    run("generator", "lstm", False, None),
    run("classifier", "hgrn", False, 4),
    run("classifier", "mingru", True, None),
    run("tagger", "sru", True, 2),
]
json.dump({"time": time, "batch": batch, "lengths": lengths, "cases": cases}, open("blocks.json", "w"))
