"""ONNX Runtime on the benchmark's rows without training: networks that PyTorch has exported."""

import io
import warnings

from protocol import serve, shape, threads, work

import numpy as np
import onnxruntime
import torch
from torch import nn

warnings.filterwarnings("ignore")
embedding, units = shape["embedding"], shape["units"]


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(shape["vocabulary"], embedding)
        self.recurrent = nn.LSTM(embedding, units[0], bidirectional=True)
        self.head = nn.Linear(2 * units[0], 2)

    def forward(self, tokens):
        _, (hidden, _) = self.recurrent(self.embedding(tokens))
        return torch.softmax(self.head(torch.cat([hidden[0], hidden[1]], 1)), 1)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(shape["vocabulary"], embedding)
        self.recurrent = nn.LSTM(embedding, units[0], len(units))
        self.head = nn.Linear(units[-1], shape["vocabulary"])

    def forward(self, token, hidden, cell):
        outputs, (hidden, cell) = self.recurrent(self.embedding(token), (hidden, cell))
        return self.head(outputs)[0, 0], hidden, cell


def session_of(network, arguments, inputs):
    """@param inputs names of the arguments"""
    exported = io.BytesIO()
    torch.onnx.export(network.eval(), arguments, exported, input_names=inputs, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(exported.getvalue(), options)


def label():
    tokens = torch.randint(0, shape["vocabulary"], (shape["steps"], shape["batch"]))
    session = session_of(Classifier(), (tokens,), ["tokens"])
    inputs = {"tokens": tokens.numpy()}

    def step():
        session.run(None, inputs)
        return shape["batch"]

    return step


def generate():
    state = torch.zeros(len(units), 1, units[0])
    session = session_of(Generator(), (torch.zeros(1, 1, dtype=torch.long), state, state), ["token", "hidden", "cell"])
    token = np.zeros((1, 1), np.int64)
    hidden = cell = state.numpy()
    random = np.random.default_rng(1)

    def step():
        nonlocal hidden, cell
        logits, hidden, cell = session.run(None, {"token": token, "hidden": hidden, "cell": cell})
        cumulative = np.cumsum(np.exp((logits - logits.max()) / 0.8))
        token[0, 0] = min(np.searchsorted(cumulative, random.random() * cumulative[-1]), len(cumulative) - 1)
        return 1

    return step


works = {"label": label, "generate": generate}
serve(f"ONNX Runtime {onnxruntime.__version__}", works[work]())
