"""Writes labelLoss.json: PyTorch's cross-entropy with class weights and label smoothing, its gradient, and scikit-learn's balanced weights. `python labelLoss.py`

scikit-learn may be in another environment: `python labelLoss.py balanced` prints its numbers alone."""
import json
import subprocess
import sys

counts = [7, 2, 1]
labels = [label for label, count in enumerate(counts) for _ in range(count)]

if sys.argv[1:] == ["balanced"]:
    import numpy
    import sklearn
    from sklearn.utils.class_weight import compute_class_weight

    found = compute_class_weight("balanced", classes=numpy.arange(len(counts)), y=numpy.array(labels))
    print(json.dumps({"made": f"scikit-learn {sklearn.__version__}", "counts": counts, "weights": found.tolist()}))
    sys.exit()

import torch

torch.manual_seed(5)
rows, classes = 6, 4
logits = (torch.randn(rows, classes) * 8).round() / 8  # numbers that JSON holds exactly
targets = torch.tensor([0, 3, -1, 1, 3, 2])


def case(weights, smoothing):
    leaf = logits.clone().requires_grad_()
    weight = None if weights is None else torch.tensor(weights)
    loss = torch.nn.functional.cross_entropy(leaf, targets, weight=weight, ignore_index=-1, label_smoothing=smoothing)
    loss.backward()
    return {"weights": weights, "smoothing": smoothing, "loss": loss.item(), "gradient": leaf.grad.flatten().tolist()}


balanced = subprocess.run([sys.argv[1] if sys.argv[1:] else sys.executable, __file__, "balanced"], capture_output=True, text=True, check=True)
json.dump(
    {
        "made": f"PyTorch {torch.__version__}",
        "logits": logits.tolist(),
        "targets": targets.tolist(),
        "cases": [case(weights, smoothing) for weights in (None, [0.5, 1.0, 2.0, 3.5]) for smoothing in (0.0, 0.1, 0.4)],
        "balanced": json.loads(balanced.stdout),
    },
    open("labelLoss.json", "w"),
)
