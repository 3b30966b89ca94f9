"""PyTorch's side of the learning curve: after each line "go" it trains for a slice of time and prints the slice's seconds and steps, and the validation loss.

The second bias of nn.LSTM stays at zero, so that both programs train the same parameters."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

from protocol import fastest, row as task, shape, threads

import torch
from torch import nn
from torch.nn import functional

from torch_networks import create_network

torch.set_num_threads(threads)
torch.manual_seed(task["seed"])
batch, steps = shape["batch"], shape["steps"]

text = Path(task["text"]).read_text()
ids = {character: index for index, character in enumerate(sorted(set(text)))}
tokens = torch.tensor([ids[character] for character in text])
cut = int(len(tokens) * task["trainingFraction"])


def streams(part):
    """Inputs and targets, [time, batch]: each row reads its own segment of the text."""
    length = (len(part) - 1) // batch
    return tuple(part[first : first + batch * length].view(batch, length).t().contiguous() for first in (0, 1))


def initialized_network():
    network = create_network(shape)
    for name, weight in network.named_parameters():
        if "bias" in name:
            nn.init.zeros_(weight)
        elif name != "embedding.weight":
            nn.init.uniform_(weight, -task["initialRange"], task["initialRange"])
        if "bias_hh" in name:
            weight.requires_grad_(False)
    return network


def trainer(prepare, optimizer_options):
    network, position, state = initialized_network(), 0, None
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights, lr=task["learningRate"], **optimizer_options)
    inputs, targets = streams(tokens[:cut])
    forward = prepare(network)

    def step():
        nonlocal position, state
        if position + steps > len(inputs):
            position, state = 0, None
        logits, next_state = forward(inputs[position : position + steps], state)
        loss = functional.cross_entropy(logits.view(-1, shape["vocabulary"]), targets[position : position + steps].view(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, task["clipNorm"])
        optimizer.step()
        loss.item()
        state = tuple(part.detach() for part in next_state)
        position += steps
        return batch * steps

    return network, step


def validation_loss(network):
    inputs, targets = streams(tokens[cut:])
    state, total = None, 0.0
    with torch.inference_mode():
        for first in range(0, len(inputs), steps):
            logits, state = network(inputs[first : first + steps], state)
            total += functional.cross_entropy(logits.view(-1, shape["vocabulary"]), targets[first : first + steps].view(-1), reduction="sum").item()
    return total / targets.numel()


def eager(network):
    return network


kinds = {
    "eager, foreach optimizer": (eager, {"foreach": True}),
    "eager, fused optimizer": (eager, {"fused": True}),
    "compiled, fused optimizer": (torch.compile, {"fused": True}),
}
kind = fastest({name: trainer(*choices)[1] for name, choices in kinds.items()})
torch.manual_seed(task["seed"])
network, train_step = trainer(*kinds[kind])

print("ready", f"PyTorch {torch.__version__}, {kind}", flush=True)
for line in sys.stdin:
    if line != "go\n":
        continue
    start = time.perf_counter()
    count = 0
    while time.perf_counter() - start < task["seconds"]:
        train_step()
        count += 1
    trained = time.perf_counter() - start
    print(json.dumps({"seconds": trained, "steps": count, "loss": validation_loss(network)}), flush=True)
