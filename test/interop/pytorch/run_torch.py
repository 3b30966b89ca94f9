"""Runs the PyTorch modules beside exported weights: reads {folder: example, …} from stdin, writes each module's logits as a flat list, for the whole
sequence and, if it has a state, step by step. Checks that the safetensors package reads the same weights."""

import importlib.util
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file


def module_in(folder):
    spec = importlib.util.spec_from_file_location("model", Path(folder) / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder, example):
    network = module_in(folder).load(folder)
    read = load_file(Path(folder) / "model.safetensors")
    assert network.state_dict().keys() == read.keys()
    assert all(torch.equal(network.get_parameter(name), values) for name, values in read.items())
    given = {name: torch.tensor(values) for name, values in example.items()}
    inputs = given.pop("numbers" if "numbers" in given else "tokens")
    with torch.no_grad():
        whole, _ = network(inputs, **given)
        stepped = steps(network, inputs, given["lengths"]) if network.spec["task"] == "generator" and whole.dim() == 3 else None
    return {"whole": whole.flatten().tolist(), "stepped": stepped and torch.stack(stepped, 1).flatten().tolist()}


def steps(network, tokens, lengths):
    state, logits = None, []
    for time in range(tokens.shape[1]):
        output, state = network(tokens[:, time : time + 1], (lengths - time).clamp(0, 1), state)
        logits.append(output[:, 0])
    return logits


torch.set_num_threads(1)  # the tensors are small
print(json.dumps({folder: run(folder, example) for folder, example in json.load(sys.stdin).items()}))
