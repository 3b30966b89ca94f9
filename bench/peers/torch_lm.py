"""PyTorch on the benchmark's rows, written as in its documentation; of several implementations, eager and compiled, the fastest is measured.
With the precision bf16 it computes under autocast."""

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


bf16 = shape.get("precision") == "bf16"


def autocast():
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16)


def training(optimizer_options, prepare):
    """optimizer_options: keyword arguments that select the implementation of the optimizer and of clipping. prepare: torch.compile, or the identity."""
    network, state, source = create_network(shape), None, batches()
    labels = work == "train-labels"
    optimizers = {"adam": lambda: torch.optim.Adam(network.parameters(), **optimizer_options), "sgd": lambda: torch.optim.SGD(network.parameters(), lr=1.0, **optimizer_options)}
    optimizer = optimizers[shape["optimizer"]]()
    classes = network.head.out_features
    targets = torch.randint(0, classes, (batch if labels else batch * steps,))
    forward = prepare(network)

    def step():
        nonlocal state
        with autocast():
            logits, next_state = forward(next(source), state)
            loss = functional.cross_entropy(logits.view(-1, classes), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0, foreach=optimizer_options.get("foreach"))
        optimizer.step()
        loss.item()
        if not labels:
            state = tuple(part.detach() for part in next_state)
        return targets.numel()

    return step


def eager(network):
    return network


modes = {"eager": eager, "compiled": torch.compile}
optimizer_kinds = {"plain": {}, "foreach": {"foreach": True}, "fused": {"fused": True}}


def train():
    kind = fastest({name: training(options, eager) for name, options in optimizer_kinds.items()})
    steps_by_mode = {name: training(optimizer_kinds[kind], prepare) for name, prepare in modes.items()}
    mode = fastest(steps_by_mode)
    return f"{mode}, {kind} optimizer", steps_by_mode[mode]


def labeling(forward):
    inputs = random_tokens()

    def step():
        with torch.inference_mode():
            torch.softmax(forward(inputs)[0], 1).tolist()
        return batch

    return step


def label():
    network = create_network(shape).eval()
    steps_by_mode = {name: labeling(prepare(network)) for name, prepare in modes.items()}
    mode = fastest(steps_by_mode)
    return mode, steps_by_mode[mode]


def generation(forward, num_threads):
    state, token = None, torch.zeros(1, batch, dtype=torch.long)

    def step():
        nonlocal state, token
        torch.set_num_threads(num_threads)
        with torch.inference_mode():
            logits, state = forward(token, state)
            token = torch.multinomial(torch.softmax(logits[0] / 0.8, 1), 1).view(1, batch)
        token.tolist()
        return batch

    return step


def generate():
    network = create_network(shape).eval()
    modules = {"nn.LSTM": network, "nn.LSTMCell": Stepwise(network).eval()}
    forwards = {f"{mode} {kind}": prepare(module) for kind, module in modules.items() for mode, prepare in modes.items()}
    counts = sorted({1, threads})
    implementations = {f"{name}, threads: {count}": generation(forward, count) for name, forward in forwards.items() for count in counts}
    name = fastest(implementations)
    return name, implementations[name]


workloads = {"train": train, "train-labels": train, "label": label, "generate": generate}
description, fastest_step = workloads[work]()
serve(f"PyTorch {torch.__version__}, {'bf16 autocast, ' if bf16 else ''}{description}", fastest_step)
