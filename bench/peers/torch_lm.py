"""PyTorch on the benchmark's rows, as its documentation would have one write them, in whichever of its ways is fastest here."""

import itertools
import random

from protocol import fastest, serve, shape, threads, work

import torch
from torch import nn
from torch.nn import functional

from torch_networks import Stepwise, create_network

torch.set_num_threads(threads)
torch.manual_seed(1)
random.seed(1)
vocabulary, batch, steps = shape["vocabulary"], shape["batch"], shape["steps"]


def tokens_of_batch(time=steps):
    return torch.randint(0, vocabulary, (time, batch))


def batches():
    """Inputs again and again. Documents of like length are together, padded to the longest of a batch: faster than packed sequences."""
    if "lengths" not in shape:
        return itertools.repeat(tokens_of_batch())
    lengths = sorted(shape["lengths"], reverse=True)
    padded = [tokens_of_batch(lengths[first]) for first in range(0, len(lengths), batch)]
    random.shuffle(padded)
    return itertools.cycle(padded)


def training(way):
    """@param way what Adam and clipping are told of how to do it"""
    network, state, source = create_network(shape), None, batches()
    labels = work == "train-labels"
    choices = {"adam": lambda: torch.optim.Adam(network.parameters(), **way), "sgd": lambda: torch.optim.SGD(network.parameters(), lr=1.0, **way)}
    optimizer = choices[shape["optimizer"]]()
    classes = network.head.out_features
    targets = torch.randint(0, classes, (batch if labels else batch * steps,))

    def step():
        nonlocal state
        logits, next_state = network(next(source), state)
        loss = functional.cross_entropy(logits.view(-1, classes), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0, foreach=way.get("foreach"))
        optimizer.step()
        loss.item()
        if not labels:
            state = tuple(part.detach() for part in next_state)
        return targets.numel()

    return step


def train():
    return fastest(training({}), training({"foreach": True}), training({"fused": True}))


def label():
    network, inputs = create_network(shape).eval(), tokens_of_batch()

    def step():
        with torch.inference_mode():
            torch.softmax(network(inputs)[0], 1).tolist()
        return batch

    return step


def generation(network, threads_of_it):
    state, token = None, torch.zeros(1, batch, dtype=torch.long)

    def step():
        nonlocal state, token
        torch.set_num_threads(threads_of_it)
        with torch.inference_mode():
            logits, state = network(token, state)
            token = torch.multinomial(torch.softmax(logits[0] / 0.8, 1), 1).view(1, batch)
        token.tolist()
        return batch

    return step


def generate():
    network = create_network(shape).eval()
    ways = itertools.product((network, Stepwise(network).eval()), sorted({1, threads}))
    return fastest(*itertools.starmap(generation, ways))


works = {"train": train, "train-labels": train, "label": label, "generate": generate}
serve(f"PyTorch {torch.__version__}", works[work]())
