"""Writes distillation.json: the loss of knowledge distillation and its gradient in PyTorch. `python distillation.py`"""
import json

import torch
from torch.nn import functional

torch.manual_seed(6)
rows, classes = 6, 4
logits = (torch.randn(rows, classes) * 8).round() / 8  # numbers that JSON holds exactly
teacher = (torch.randn(rows, classes) * 16).round() / 8
targets = torch.tensor([0, 3, -1, 1, 3, 2])


def case(temperature, alpha):
    leaf = logits.clone().requires_grad_()
    present = targets >= 0
    soft = functional.kl_div(
        functional.log_softmax(leaf[present] / temperature, 1), functional.softmax(teacher[present] / temperature, 1), reduction="batchmean"
    )
    hard = functional.cross_entropy(leaf, targets, ignore_index=-1)
    loss = alpha * temperature**2 * soft + (1 - alpha) * hard
    loss.backward()
    return {"temperature": temperature, "alpha": alpha, "loss": loss.item(), "gradient": leaf.grad.flatten().tolist()}


json.dump(
    {
        "made": f"PyTorch {torch.__version__}",
        "logits": logits.tolist(),
        "teacher": teacher.tolist(),
        "targets": targets.tolist(),
        "cases": [case(temperature, alpha) for temperature in (1.0, 2.0, 5.0) for alpha in (0.0, 0.5, 1.0)],
    },
    open("distillation.json", "w"),
)
