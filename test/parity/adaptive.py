"""Writes adaptive.json: adaptive softmaxes over random features, with all log probabilities, the loss and its gradients, from PyTorch's
AdaptiveLogSoftmaxWithLoss. `python adaptive.py`"""
import json

import torch

torch.manual_seed(17)
numbers = lambda tensor: tensor.detach().flatten().tolist()
zeros = torch.zeros_like
array = lambda tensor: {"shape": list(tensor.shape), "values": numbers(tensor)}


def run(width, classes, cutoffs, div_value, targets):
    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(width, classes, cutoffs, div_value=div_value, head_bias=True)
    features = (torch.rand(len(targets), width) * 4 - 2).requires_grad_()
    loss = layer(features, torch.tensor(targets)).loss
    loss.backward()
    # PyTorch's weights are [outputs, inputs], ours [inputs, outputs].
    weights = {"head/kernel": (layer.head.weight, True), "head/bias": (layer.head.bias, False)}
    for index, tail in enumerate(layer.tail):
        weights[f"head/tail/{index}/projection"] = (tail[0].weight, True)
        weights[f"head/tail/{index}/kernel"] = (tail[1].weight, True)
    turned = lambda tensor, turn: tensor.T if turn else tensor
    return {
        "width": width, "classes": classes, "cutoffs": cutoffs, "divValue": div_value, "targets": targets,
        "features": array(features),
        "weights": {name: array(turned(weight, turn)) for name, (weight, turn) in weights.items()},
        "logProbabilities": numbers(layer.log_prob(features)),
        "loss": loss.item(),
        "gradients": {
            "features": numbers(features.grad),
            **{name: numbers(turned(zeros(weight) if weight.grad is None else weight.grad, turn)) for name, (weight, turn) in weights.items()},
        },
    }


json.dump(
    {
        "torch": torch.__version__,
        "cases": [
            run(6, 20, [4, 9], 2.0, [0, 3, 4, 8, 9, 19, 2, 12]),
            run(17, 31, [5, 10, 20], 2.5, [30, 1, 5, 9, 10, 19, 20, 4, 0, 7]),
            run(5, 12, [7], 4.0, [1, 2, 3, 6, 0]),  # no target in the cluster
        ],
    },
    open("adaptive.json", "w"),
)
