"""Writes labelSets.json: PyTorch's BCEWithLogitsLoss with its gradient, and scikit-learn's F1 of sets of labels. `python labelSets.py [PYTHON WITH SCIKIT-LEARN]`"""
import json
import random
import subprocess
import sys

random.seed(4)
rows, classes = 7, 4
draw = lambda: [[random.randrange(2) for _ in range(classes)] for _ in range(rows)]
actual, predicted = draw(), draw()
for row in actual + predicted:
    row[3] = 0  # a label that neither occurs nor is predicted
actual[0] = predicted[0]

if sys.argv[1:] == ["scores"]:
    import sklearn
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support, f1_score

    precision, recall, f1, support = precision_recall_fscore_support(actual, predicted, zero_division=0)
    print(
        json.dumps(
            {
                "made": f"scikit-learn {sklearn.__version__}",
                "actual": actual,
                "predicted": predicted,
                "accuracy": float(accuracy_score(actual, predicted)),
                "f1Micro": float(f1_score(actual, predicted, average="micro", zero_division=0)),
                "f1Macro": float(f1_score(actual, predicted, average="macro", zero_division=0)),
                "precision": precision.tolist(),
                "recall": recall.tolist(),
                "f1": f1.tolist(),
                "support": support.tolist(),
            }
        )
    )
    sys.exit()

import torch

torch.manual_seed(6)
logits = (torch.randn(rows, classes) * 16).round() / 8  # numbers that JSON holds exactly
logits[0, 0] = 60.0  # the logarithm of its sigmoid must not be that of 0
leaf = logits.clone().requires_grad_()
loss = torch.nn.BCEWithLogitsLoss()(leaf, torch.tensor(actual, dtype=torch.float32))
loss.backward()
python = sys.argv[1] if sys.argv[1:] else sys.executable
scores = subprocess.run([python, __file__, "scores"], capture_output=True, text=True, check=True)
json.dump(
    {
        "made": f"PyTorch {torch.__version__}",
        "logits": logits.tolist(),
        "targets": actual,
        "loss": loss.item(),
        "gradient": leaf.grad.flatten().tolist(),
        "scores": json.loads(scores.stdout),
    },
    open("labelSets.json", "w"),
)
