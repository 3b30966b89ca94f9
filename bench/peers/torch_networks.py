"""The networks of the benchmark's rows in PyTorch."""

import torch
from torch import nn


class Recurrent(nn.Module):
    """Embedding, stacked recurrent layers, linear layer: logits per token, or per document if bidirectional."""

    def __init__(self, shape):
        super().__init__()
        units, bidirectional = shape["units"], shape.get("bidirectional", False)
        layer = {"lstm": nn.LSTM, "gru": nn.GRU}[shape.get("cell", "lstm")]
        self.pooled = bidirectional
        self.embedding = nn.Embedding(shape["vocabulary"], shape["embedding"])
        self.recurrent = layer(shape["embedding"], units[0], len(units), bidirectional=bidirectional)
        self.head = nn.Linear(units[-1] * (2 if bidirectional else 1), 2 if bidirectional else shape["vocabulary"])

    def forward(self, tokens, state=None):
        outputs, state = self.recurrent(self.embedding(tokens), state)
        if self.pooled:
            hidden = state[0] if isinstance(state, tuple) else state
            outputs = torch.cat([hidden[-2], hidden[-1]], 1)
        return self.head(outputs), state


class Convolutional(nn.Module):
    """Embedding, convolution with ReLU, mean over time, linear layer: logits per document."""

    def __init__(self, shape):
        super().__init__()
        filters, width = shape["convolution"]["filters"], shape["convolution"]["width"]
        self.embedding = nn.Embedding(shape["vocabulary"], shape["embedding"])
        self.convolution = nn.Conv1d(shape["embedding"], filters, width)
        self.head = nn.Linear(filters, 2)

    def forward(self, tokens, _state=None):
        features = self.embedding(tokens).permute(1, 2, 0)  # [batch, embedding, time]
        return self.head(torch.relu(self.convolution(features)).mean(2)), None


class Stepwise(nn.Module):
    """The weights of a Recurrent with LSTM layers, computed by nn.LSTMCell: a single step is faster with small batches."""

    def __init__(self, network):
        super().__init__()
        self.embedding, self.head = network.embedding, network.head
        layers = network.recurrent
        sizes = [layers.input_size] + [layers.hidden_size] * (layers.num_layers - 1)
        self.cells = nn.ModuleList(nn.LSTMCell(size, layers.hidden_size) for size in sizes)
        for index, cell in enumerate(self.cells):
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                setattr(cell, name, getattr(layers, f"{name}_l{index}"))

    def forward(self, tokens, states=None):
        """tokens: [1, batch]"""
        features, after = self.embedding(tokens[0]), []
        for cell, state in zip(self.cells, states or [None] * len(self.cells)):
            after.append(cell(features, state))
            features = after[-1][0]
        return self.head(features).unsqueeze(0), after


def create_network(shape):
    return Convolutional(shape) if "convolution" in shape else Recurrent(shape)
