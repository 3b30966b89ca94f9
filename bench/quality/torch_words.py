"""Trains the small network of Zaremba et al. on Penn Treebank in PyTorch, for docs/results.md: python torch_words.py FOLDER

FOLDER has ptb.{train,valid,test}.txt.gz. 2 x 200 LSTM, batch size 20, sequence length 20, SGD. The loss is the mean over tokens, so a learning rate
of 1 for the sum over 20 tokens is 20 here, and clipping at 5 is 0.25. The learning rate is halved at each epoch after the fourth."""

import gzip
import math
import sys
import time

import torch
from torch import nn

UNITS, LAYERS, BATCH, STEPS, EPOCHS = 200, 2, 20, 20, 13
torch.manual_seed(1)


def read(part):
    with gzip.open(f"{sys.argv[1]}/ptb.{part}.txt.gz", "rt") as file:
        return file.read().replace("\n", " <eos> ").split()


words = {part: read(part) for part in ("train", "valid", "test")}
ids = {word: index for index, word in enumerate(dict.fromkeys(words["train"]))}


def streams(part):
    tokens = torch.tensor([ids[word] for word in words[part]])
    length = (len(tokens) - 1) // BATCH
    rows = lambda first: tokens[first : first + BATCH * length].view(BATCH, length).t().contiguous()
    return rows(0), rows(1)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(ids), UNITS)
        self.lstm = nn.LSTM(UNITS, UNITS, LAYERS)
        self.head = nn.Linear(UNITS, len(ids))
        for weight in self.parameters():
            nn.init.uniform_(weight, -0.1, 0.1)

    def forward(self, tokens, state):
        hidden, state = self.lstm(self.embedding(tokens), state)
        return self.head(hidden).view(-1, len(ids)), state


model = Model()
loss_of = nn.CrossEntropyLoss()


def run(part, optimizer=None):
    inputs, targets = streams(part)
    state, total, count = None, 0.0, 0
    for first in range(0, len(inputs), STEPS):
        x, y = inputs[first : first + STEPS], targets[first : first + STEPS]
        if state is not None:
            state = tuple(tensor.detach() for tensor in state)
        with torch.set_grad_enabled(optimizer is not None):
            logits, state = model(x, state)
            loss = loss_of(logits, y.reshape(-1))
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            optimizer.step()
        total += loss.item() * y.numel()
        count += y.numel()
    return math.exp(total / count)


started = time.time()
for epoch in range(EPOCHS):
    optimizer = torch.optim.SGD(model.parameters(), lr=20 * 0.5 ** max(0, epoch + 1 - 4))
    print(f"epoch {epoch + 1}  train {run('train', optimizer):.1f}  validation {run('valid'):.1f}  {time.time() - started:.0f} s", flush=True)
print(f"test {run('test'):.1f}")
