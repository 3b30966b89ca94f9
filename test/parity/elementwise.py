"""Writes elementwise.json: outputs, states and gradients of layers of the element-wise cells, in both directions and with rows of different lengths,
from PyTorch modules written from the papers: SRU (Lei et al. 2018, equations 1 to 4 with the scale of section 3.2), HGRN (Qin et al. 2023, with real
states) and minGRU (Feng et al. 2024, appendix B). Run: python elementwise.py (torch from PyPI)."""

import json
import math

import numpy as np
import torch
from torch.nn import functional

time, batch, units = 5, 3, 4
lengths = [5, 3, 1]
lower_bound = 0.25
random = np.random.default_rng(23)


def sru(x, c, w):
    parts = (x @ w["kernel"]).chunk(4 if x.shape[1] != units else 3, dim=1)
    skip = parts[3] if len(parts) == 4 else x
    (v_f, v_r), (b_f, b_r) = w["recurrent"], w["bias"].chunk(2)
    f = torch.sigmoid(parts[1] + v_f * c + b_f)
    r = torch.sigmoid(parts[2] + v_r * c + b_r)
    c = f * c + (1 - f) * parts[0]
    return r * c + (1 - r) * skip * math.sqrt(3), c


def hgrn(x, c, w):
    forget, candidate, output = (x @ w["kernel"] + w["bias"]).chunk(3, dim=1)
    f = lower_bound + (1 - lower_bound) * torch.sigmoid(forget)
    c = f * c + (1 - f) * functional.silu(candidate)
    return functional.rms_norm(c * torch.sigmoid(output), (units,), eps=1e-6), c


def mingru(x, h, w):
    update, hidden = (x @ w["kernel"] + w["bias"]).chunk(2, dim=1)
    z = torch.sigmoid(update)
    h = (1 - z) * h + z * torch.where(hidden >= 0, hidden + 0.5, torch.sigmoid(hidden))
    return h, h


def draw(*shape):
    return random.uniform(-1, 1, shape).astype(np.float32)


def numbers(tensor):
    return [float(np.float32(value)) for value in np.asarray(tensor).ravel()]


def weights(cell, inputs):
    if cell == "sru":
        gates = 3 if inputs == units else 4
        return {"kernel": draw(inputs, gates * units), "recurrent": draw(2, units), "bias": draw(2 * units)}
    gates = 3 if cell == "hgrn" else 2
    return {"kernel": draw(inputs, gates * units), "bias": draw(gates * units)}


def run(cell, inputs):
    step = {"sru": sru, "hgrn": hgrn, "mingru": mingru}[cell]
    directions = [{name: torch.tensor(value, requires_grad=True) for name, value in weights(cell, inputs).items()} for _ in range(2)]
    x = torch.tensor(draw(time, batch, inputs), requires_grad=True)
    initial = torch.tensor(draw(2, batch, units), requires_grad=True)
    upstream, last_upstream = draw(time, batch, 2 * units), draw(2, batch, units)
    last = [[None] * batch for _ in range(2)]
    parts = [[[torch.zeros(units)] * batch for _ in range(time)] for _ in range(2)]
    for direction, w in enumerate(directions):
        for row, length in enumerate(lengths):
            state = initial[direction, row : row + 1]
            for t in range(length) if direction == 0 else reversed(range(length)):
                output, state = step(x[t, row : row + 1], state, w)
                parts[direction][t][row] = output[0]
            last[direction][row] = state[0]
    outputs = torch.cat([torch.stack([torch.stack(rows) for rows in part]) for part in parts], dim=2)
    states = torch.stack([torch.stack(rows) for rows in last])
    ((outputs * torch.tensor(upstream)).sum() + (states * torch.tensor(last_upstream)).sum()).backward()
    return {
        "cell": cell,
        "inputs": inputs,
        "directions": [{name: numbers(value.detach()) for name, value in w.items()} for w in directions],
        "sequence": numbers(x.detach()),
        "initial": numbers(initial.detach()),
        "upstream": numbers(upstream),
        "lastUpstream": numbers(last_upstream),
        "outputs": numbers(outputs.detach()),
        "last": numbers(states.detach()),
        "gradients": [{name: numbers(value.grad) for name, value in w.items()} for w in directions],
        "sequenceGradient": numbers(x.grad),
        "initialGradient": numbers(initial.grad),
    }


cases = [run(cell, inputs) for cell in ["sru", "hgrn", "mingru"] for inputs in [3, units]]
json.dump(
    {"time": time, "batch": batch, "units": units, "lengths": lengths, "lowerBound": lower_bound, "cases": cases},
    open("elementwise.json", "w"),
)
