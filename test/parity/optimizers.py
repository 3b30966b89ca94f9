"""Writes optimizers.json: what PyTorch's optimizers make of two weights in five steps, with and without clipping. `python optimizers.py`"""
import json

import torch

torch.manual_seed(7)
rounded = lambda *shape: (torch.randn(*shape) * 4).round() / 8  # numbers that JSON holds exactly
start = [rounded(3, 2), rounded(4)]
gradients = [[rounded(3, 2), rounded(4)] for _ in range(5)]

optimizers = {
    "adam": lambda weights: torch.optim.Adam(weights, lr=0.05),
    "adamw": lambda weights: torch.optim.AdamW(weights, lr=0.05, weight_decay=0.2),
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.05),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.8),
    "nesterov": lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.8, nesterov=True),
    "rmsprop": lambda weights: torch.optim.RMSprop(weights, lr=0.05, alpha=0.9),
}


def numbers(tensors):
    return [tensor.detach().flatten().tolist() for tensor in tensors]


def run(create, clip):
    weights = [torch.nn.Parameter(weight.clone()) for weight in start]
    optimizer = create(weights)
    steps = []
    for given in gradients:
        for weight, gradient in zip(weights, given):
            weight.grad = gradient.clone()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(weights, clip)
        optimizer.step()
        steps.append(numbers(weights))
    return steps


json.dump(
    {
        "torch": torch.__version__,
        "learningRate": 0.05,
        "momentum": 0.8,
        "weightDecay": 0.2,
        "shapes": [list(weight.shape) for weight in start],
        "start": numbers(start),
        "gradients": [numbers(given) for given in gradients],
        "cases": [
            {"name": name, "clip": clip, "steps": run(create, clip)}
            for name, create in optimizers.items()
            for clip in (None, 0.5)
        ],
    },
    open("optimizers.json", "w"),
)
