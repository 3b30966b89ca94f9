"""PyTorch on the benchmark's rows, as its documentation would have one write them."""

from protocol import serve, shape, threads, work

import torch
from torch import nn

torch.set_num_threads(threads)
torch.manual_seed(1)


class Network(nn.Module):
    """Embedding, stacked LSTM, dense: logits of each step, or of the document where it is read both ways."""

    def __init__(self):
        super().__init__()
        units, both = shape["units"], shape.get("bidirectional", False)
        classes = 2 if both else shape["vocabulary"]
        self.pooled = both
        self.embedding = nn.Embedding(shape["vocabulary"], shape["embedding"])
        self.recurrent = nn.LSTM(shape["embedding"], units[0], len(units), bidirectional=both)
        self.head = nn.Linear(units[-1] * (2 if both else 1), classes)

    def forward(self, tokens, state=None):
        outputs, state = self.recurrent(self.embedding(tokens), state)
        features = torch.cat([state[0][-2], state[0][-1]], 1) if self.pooled else outputs
        return self.head(features), state


def tokens_of_batch():
    return torch.randint(0, shape["vocabulary"], (shape["steps"], shape["batch"]))


def train():
    network, state = Network(), None
    labels = network.pooled
    choices = {"adam": lambda: torch.optim.Adam(network.parameters()), "sgd": lambda: torch.optim.SGD(network.parameters(), lr=1.0)}
    optimizer = choices[shape["optimizer"]]()
    cross_entropy = nn.CrossEntropyLoss()
    classes = network.head.out_features
    inputs = tokens_of_batch()
    targets = torch.randint(0, classes, (shape["batch"] * (1 if labels else shape["steps"]),))

    def step():
        nonlocal state
        logits, next_state = network(inputs, state)
        loss = cross_entropy(logits.view(-1, classes), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        loss.item()
        if not labels:
            state = tuple(part.detach() for part in next_state)
        return targets.numel()

    return step


def label():
    network, inputs = Network().eval(), tokens_of_batch()

    def step():
        with torch.inference_mode():
            torch.softmax(network(inputs)[0], 1).tolist()
        return shape["batch"]

    return step


def generate():
    network, state, token = Network().eval(), None, torch.zeros(1, 1, dtype=torch.long)

    def step():
        nonlocal state, token
        with torch.inference_mode():
            logits, state = network(token, state)
            token = torch.multinomial(torch.softmax(logits.view(-1) / 0.8, 0), 1).view(1, 1)
        token.item()
        return 1

    return step


works = {"train": train, "train-labels": train, "label": label, "generate": generate}
serve(f"PyTorch {torch.__version__}", works[work]())
