"""PyTorch on the benchmark's rows, written as in its documentation; of several implementations the fastest is measured."""

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


def random_tokens(time=steps):
    return torch.randint(0, vocabulary, (time, batch))


def batches():
    """An endless iterator of input batches. Documents of similar length share a batch, padded to its longest: faster than packed sequences."""
    if "lengths" not in shape:
        return itertools.repeat(random_tokens())
    lengths = sorted(shape["lengths"], reverse=True)
    padded = [random_tokens(lengths[first]) for first in range(0, len(lengths), batch)]
    random.shuffle(padded)
    return itertools.cycle(padded)


def training(implementation):
    """implementation: keyword arguments that select the implementation of the optimizer and of clipping."""
    network, state, source = create_network(shape), None, batches()
    labels = work == "train-labels"
    optimizers = {"adam": lambda: torch.optim.Adam(network.parameters(), **implementation), "sgd": lambda: torch.optim.SGD(network.parameters(), lr=1.0, **implementation)}
    optimizer = optimizers[shape["optimizer"]]()
    classes = network.head.out_features
    targets = torch.randint(0, classes, (batch if labels else batch * steps,))

    def step():
        nonlocal state
        logits, next_state = network(next(source), state)
        loss = functional.cross_entropy(logits.view(-1, classes), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0, foreach=implementation.get("foreach"))
        optimizer.step()
        loss.item()
        if not labels:
            state = tuple(part.detach() for part in next_state)
        return targets.numel()

    return step


def train():
    return fastest(training({}), training({"foreach": True}), training({"fused": True}))


def label():
    network, inputs = create_network(shape).eval(), random_tokens()

    def step():
        with torch.inference_mode():
            torch.softmax(network(inputs)[0], 1).tolist()
        return batch

    return step


def generation(network, num_threads):
    state, token = None, torch.zeros(1, batch, dtype=torch.long)

    def step():
        nonlocal state, token
        torch.set_num_threads(num_threads)
        with torch.inference_mode():
            logits, state = network(token, state)
            token = torch.multinomial(torch.softmax(logits[0] / 0.8, 1), 1).view(1, batch)
        token.tolist()
        return batch

    return step


def generate():
    network = create_network(shape).eval()
    variants = itertools.product((network, Stepwise(network).eval()), sorted({1, threads}))
    return fastest(*itertools.starmap(generation, variants))


workloads = {"train": train, "train-labels": train, "label": label, "generate": generate}
serve(f"PyTorch {torch.__version__}", workloads[work]())
