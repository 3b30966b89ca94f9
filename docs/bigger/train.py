"""Trains an LSTM generator on the processes that torchrun starts, each with a part of the text; see ../bigger.md."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import distributed, nn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel


class Generator(nn.Module):
    """An embedding, recurrent layers, a linear layer: rnn import finds them under any names."""

    def __init__(self, tokens, width, units, layers, dropout):
        super().__init__()
        self.embedding = nn.Embedding(tokens, width)
        self.lstm = nn.LSTM(width, units, layers, dropout=dropout if layers > 1 else 0)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(units, tokens)

    def forward(self, tokens, state):
        outputs, state = self.lstm(self.dropout(self.embedding(tokens)), state)
        return self.head(self.dropout(outputs)), state


def streams(file, rows):
    """The ids of a file as parallel streams, each a contiguous part of the text: [time, rows]."""
    ids = torch.tensor([int(token) for token in Path(file).read_text().split()])
    return ids[: len(ids) // rows * rows].view(rows, -1).t()


def losses(model, text, steps):
    """Yields the mean loss of each window of the text; the state is carried from window to window."""
    state = None
    for start in range(0, len(text) - 1, steps):
        targets = text[start + 1 : start + 1 + steps]
        logits, state = model(text[start : start + len(targets)], state)
        state = tuple(part.detach() for part in state)
        yield cross_entropy(logits.flatten(0, 1), targets.flatten())


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("checkpoint", type=Path, help="an rnn checkpoint with the same tokens")
parser.add_argument("training", help="file of ids from rnn tokenize --ids")
parser.add_argument("validation", help="file of ids from rnn tokenize --ids")
parser.add_argument("out", help="safetensors file for the weights with the lowest validation loss")
defaults = {"units": 256, "layers": 2, "embedding": 64, "rows": 32, "steps": 64, "epochs": 8, "dropout": 0.2, "rate": 0.003}
for name, default in defaults.items():
    parser.add_argument(f"--{name}", type=type(default), default=default)
options = parser.parse_args()
on_gpu = torch.cuda.is_available()
distributed.init_process_group("nccl" if on_gpu else "gloo")
rank, processes = distributed.get_rank(), distributed.get_world_size()
device = f"cuda:{rank % torch.cuda.device_count()}" if on_gpu else "cpu"
torch.manual_seed(1)
tokens = json.loads((options.checkpoint / "checkpoint.json").read_text())["spec"]["vocabulary"]
generator = Generator(tokens, options.embedding, options.units, options.layers, options.dropout).to(device)
model = DistributedDataParallel(generator)  # keeps the weights of all processes equal and averages their gradients
training = streams(options.training, options.rows)[:, rank::processes].to(device)
validation = streams(options.validation, 1).to(device)
optimizer = torch.optim.Adam(model.parameters(), options.rate)
best = float("inf")
for epoch in range(1, options.epochs + 1):
    model.train()
    for loss in losses(model, training, options.steps):
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
    if rank == 0:
        generator.eval()
        with torch.no_grad():
            validation_loss = torch.stack(list(losses(generator, validation, options.steps))).mean().item()
        print(f"epoch {epoch}  validation {validation_loss:.3f}{'  best' if validation_loss < best else ''}", flush=True)
        if validation_loss < best:
            best = validation_loss
            save_file(generator.state_dict(), options.out)
distributed.destroy_process_group()
