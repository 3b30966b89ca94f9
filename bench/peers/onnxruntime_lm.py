"""ONNX Runtime on the benchmark's inference rows, with networks exported by PyTorch."""

import io
import warnings

from protocol import fastest, serve, shape, threads, work

import numpy as np
import onnxruntime
import torch
from torch import nn

from torch_networks import create_network

warnings.filterwarnings("ignore")


class Classifier(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, tokens):
        return torch.softmax(self.network(tokens)[0], 1)


class Generator(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, token, hidden, cell):
        logits, (hidden, cell) = self.network(token, (hidden, cell))
        return logits[0], hidden, cell


def session_of(network, arguments, inputs, num_threads=threads):
    """Exports a network and opens it. inputs: names of the arguments."""
    exported = io.BytesIO()
    torch.onnx.export(network.eval(), arguments, exported, input_names=inputs, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(exported.getvalue(), options)


def label():
    tokens = torch.randint(0, shape["vocabulary"], (shape["steps"], shape["batch"]))
    session = session_of(Classifier(create_network(shape)), (tokens,), ["tokens"])
    inputs = {"tokens": tokens.numpy()}

    def step():
        session.run(None, inputs)
        return shape["batch"]

    return step


def generation(network, num_threads):
    batch, units = shape["batch"], shape["units"]
    state = torch.zeros(len(units), batch, units[0])
    example = (torch.zeros(1, batch, dtype=torch.long), state, state)
    session = session_of(Generator(network), example, ["token", "hidden", "cell"], num_threads)
    token = np.zeros((1, batch), np.int64)
    hidden = cell = state.numpy()
    random = np.random.default_rng(1)

    def step():
        nonlocal hidden, cell
        logits, hidden, cell = session.run(None, {"token": token, "hidden": hidden, "cell": cell})
        cumulative = np.cumsum(np.exp((logits - logits.max(1, keepdims=True)) / 0.8), 1)  # [batch, vocabulary]
        for row, sums in enumerate(cumulative):
            token[0, row] = min(np.searchsorted(sums, random.random() * sums[-1]), len(sums) - 1)
        return batch

    return step


def generate():
    network = create_network(shape)
    implementations = {count: generation(network, count) for count in sorted({1, threads})}
    return implementations[fastest(implementations)]


workloads = {"label": label, "generate": generate}
serve(f"ONNX Runtime {onnxruntime.__version__}", workloads[work]())
