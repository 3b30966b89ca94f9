"""Writes optimizers.json: two weights after five steps of PyTorch's and Keras's optimizers, with and without clipping. `python optimizers.py`"""
import json
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
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


keras_optimizers = {
    "adam": lambda **clip: keras.optimizers.Adam(0.05, epsilon=1e-8, **clip),
    "adamw": lambda **clip: keras.optimizers.AdamW(0.05, weight_decay=0.2, epsilon=1e-8, **clip),
    "sgd": lambda **clip: keras.optimizers.SGD(0.05, **clip),
    "momentum": lambda **clip: keras.optimizers.SGD(0.05, momentum=0.8, **clip),
    "nesterov": lambda **clip: keras.optimizers.SGD(0.05, momentum=0.8, nesterov=True, **clip),
    "rmsprop": lambda **clip: keras.optimizers.RMSprop(0.05, rho=0.9, epsilon=1e-12, **clip),
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


def run_keras(create, clip):
    weights = [keras.Variable(weight.numpy()) for weight in start]
    optimizer = create(**({} if clip is None else {"global_clipnorm": clip}))
    steps = []
    for given in gradients:
        optimizer.apply(given, weights)
        steps.append(numbers(weight.value for weight in weights))
    return steps


json.dump(
    {
        "made": f"PyTorch {torch.__version__}, Keras {keras.__version__}",
        "learningRate": 0.05,
        "momentum": 0.8,
        "weightDecay": 0.2,
        "shapes": [list(weight.shape) for weight in start],
        "start": numbers(start),
        "gradients": [numbers(given) for given in gradients],
        "cases": [
            {"by": by, "name": name, "clip": clip, "steps": runs(create, clip)}
            for by, table, runs in (("PyTorch", optimizers, run), ("Keras", keras_optimizers, run_keras))
            for name, create in table.items()
            for clip in (None, 0.5)
        ],
    },
    open("optimizers.json", "w"),
)
