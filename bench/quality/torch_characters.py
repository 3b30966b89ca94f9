"""Trains a character LSTM in PyTorch for a given time, for docs/results.md: python torch_characters.py FILE SECONDS

2 x 256 LSTM, embeddings of size 64, batch size 64, sequence length 64, Adam with learning rate 0.004 and cosine decay, gradient norm clipped at 1.
The first 90 % of the file are the training part, the rest is the validation part."""

import math
import sys
import time

import torch
from torch import nn

torch.manual_seed(1)
seconds = float(sys.argv[2])
text = open(sys.argv[1]).read()
characters = sorted(set(text))
ids = {character: index for index, character in enumerate(characters)}
tokens = torch.tensor([ids[character] for character in text])
cut = int(len(tokens) * 0.9)
BATCH, STEPS, LEARNING_RATE = 64, 64, 4e-3


def streams(part, rows):
    length = (len(part) - 1) // rows
    return part[: rows * length].view(rows, length).t(), part[1 : rows * length + 1].view(rows, length).t()


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(characters), 64)
        self.lstm = nn.LSTM(64, 256, 2)
        self.head = nn.Linear(256, len(characters))

    def forward(self, inputs, state=None):
        hidden, state = self.lstm(self.embedding(inputs), state)
        return self.head(hidden), state


model = Model()
optimizer = torch.optim.Adam(model.parameters())
loss_of = nn.CrossEntropyLoss()
inputs, targets = streams(tokens[:cut], BATCH)
started, position, state, steps = time.time(), 0, None, 0
while (progress := (time.time() - started) / seconds) < 1:
    for group in optimizer.param_groups:
        group["lr"] = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * progress))
    if position + STEPS > len(inputs):
        position, state = 0, None
    if state is not None:
        state = tuple(tensor.detach() for tensor in state)
    logits, state = model(inputs[position : position + STEPS], state)
    loss = loss_of(logits.reshape(-1, len(characters)), targets[position : position + STEPS].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    position += STEPS
    steps += 1

with torch.no_grad():
    inputs, targets = streams(tokens[cut:], 28)
    state, total = None, 0.0
    for first in range(0, len(inputs), 200):
        logits, state = model(inputs[first : first + 200], state)
        wanted = targets[first : first + 200].reshape(-1)
        total += nn.functional.cross_entropy(logits.reshape(-1, len(characters)), wanted, reduction="sum").item()
print(f"{steps} steps, {steps * BATCH * STEPS / cut:.1f} epochs, validation {total / targets.numel():.4f}")
