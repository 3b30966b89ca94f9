"""Writes pytorch.json: small networks in typical PyTorch code, their state dicts as safetensors, and their logits. `python pytorch.py`"""
import base64
import json

import torch
from safetensors.torch import save
from torch import nn

characters = list("abcdefgh")
tokens = ["<pad>", "<unk>", *characters]
torch.manual_seed(7)


def scattered(model):
    """Weights and biases far from zero."""
    for value in model.parameters():
        nn.init.uniform_(value, -0.7, 0.7)
    return model


class Writer(nn.Module):
    """An output at each step, with common names."""

    def __init__(self, rnn, width, outputs, size=len(tokens)):
        super().__init__()
        self.embedding = nn.Embedding(size, 5)
        self.rnn = rnn
        self.fc = nn.Linear(width, outputs)

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])


class Decoder(nn.Module):
    """A word language model: encoder, rnn, decoder, with the decoder's weights tied to the encoder's."""

    def __init__(self, tied):
        super().__init__()
        self.encoder = nn.Embedding(len(tokens), 6)
        self.rnn = nn.LSTM(6, 6, 2)
        self.decoder = nn.Linear(6, len(tokens))
        if tied:
            self.decoder.weight = self.encoder.weight

    def forward(self, x):
        return self.decoder(self.rnn(self.encoder(x))[0])


class Stacked(nn.Module):
    """Modules of different sizes with names in another order, under the wrapper of DistributedDataParallel."""

    def __init__(self):
        super().__init__()
        self.module = nn.ModuleDict({
            "embed": nn.Embedding(len(tokens), 5), "b": nn.GRU(5, 4), "a": nn.LSTM(4, 7), "out": nn.Linear(7, len(tokens), bias=False),
        })

    def forward(self, x):
        part = self.module
        return part["out"](part["a"](part["b"](part["embed"](x))[0])[0])


class Critic(nn.Module):
    """One output for a text: from the last states, or from the maximum and mean output through a layer with ReLU."""

    def __init__(self, rnn, width, pool, hidden, outputs):
        super().__init__()
        self.embedding = nn.Embedding(len(tokens), 5)
        self.rnn = rnn
        self.pool = pool
        self.fc1, self.fc2 = (nn.Linear(width, hidden), nn.Linear(hidden, outputs)) if hidden else (None, nn.Linear(width, outputs))

    def forward(self, x):
        outputs, state = self.rnn(self.embedding(x))
        state = state[0] if isinstance(state, tuple) else state  # [layers · directions, batch, units]
        directions = 2 if self.rnn.bidirectional else 1
        last = torch.cat(list(state[-directions:]), 1)
        row = last if self.pool == "last" else torch.cat([outputs.max(0).values, outputs.mean(0)], 1)
        return self.fc2(torch.relu(self.fc1(row)) if self.fc1 else row)


class Cell(nn.Module):
    """A hand-written loop over a cell, with another name for the embedding."""

    def __init__(self):
        super().__init__()
        self.lookup = nn.Embedding(len(tokens), 5)
        self.cell = nn.GRUCell(5, 4)
        self.head = nn.Linear(4, len(tokens))

    def forward(self, x):
        state, outputs = torch.zeros(x.shape[1], 4), []
        for step in self.lookup(x):
            state = self.cell(step, state)
            outputs.append(self.head(state))
        return torch.stack(outputs)


def case(name, model, kind=torch.float32, **options):
    model = scattered(model).to(kind)
    state = dict(model.state_dict())
    if options.get("tied"):
        del state["decoder.weight"]
    model = model.float()  # weights read in half precision are computed in single
    x = torch.randint(2, len(tokens), (6, 2))  # [time, batch]
    with torch.no_grad():
        logits = model(x).flatten(0, -2)
    return {
        "name": name,
        "options": {key: value for key, value in options.items() if key != "tied"},
        "file": base64.b64encode(save(state)).decode(),
        "texts": [(" " if "task" in options else "").join(tokens[i] for i in row) for row in x.T.tolist()],
        "logits": logits.tolist(),
    }


labels = {"labels": ["bad", "good", "odd"]}
size = len(tokens)
cases = [
    case("an LSTM that writes", Writer(nn.LSTM(5, 6), 6, size)),
    case("two LSTM layers that write, tied", Decoder(True), tied=True),
    case("two LSTM layers that write, not tied", Decoder(False)),
    case("a GRU that writes", Writer(nn.GRU(5, 6), 6, size)),
    case("a GRU that writes, without biases", Writer(nn.GRU(5, 6, bias=False), 6, size)),
    case("two plain layers that write", Writer(nn.RNN(5, 6, 2), 6, size)),
    case("a plain layer with ReLU that writes", Writer(nn.RNN(5, 6, nonlinearity="relu"), 6, size), activation="relu"),
    case("a GRU cell that writes", Cell()),
    case("modules of different sizes that write", Stacked()),
    case("an LSTM in half precision", Writer(nn.LSTM(5, 6), 6, size), torch.float16),
    case("an LSTM in bfloat16", Writer(nn.LSTM(5, 6), 6, size), torch.bfloat16),
    case("an LSTM in double precision", Writer(nn.LSTM(5, 6), 6, size), torch.float64),
    case("a GRU in both directions that labels", Critic(nn.GRU(5, 4, 2, bidirectional=True), 8, "last", 0, 3), **labels),
    case("an LSTM that labels", Critic(nn.LSTM(5, 4), 4, "last", 0, 3), **labels),
    case("an LSTM with a layer on its largest and mean outputs", Critic(nn.LSTM(5, 4, bidirectional=True), 16, "max", 9, 3),
         pooling=["max", "mean"], **labels),
    case("a plain layer with one output for two labels", Critic(nn.RNN(5, 4), 4, "last", 0, 1), labels=["bad", "good"]),
    case("two LSTM layers in both directions that tag", Writer(nn.LSTM(5, 4, 2, bidirectional=True), 8, 3),
         task="tagger", **labels),
]
json.dump({"torch": torch.__version__, "tokens": tokens, "cases": cases}, open("pytorch.json", "w"))
