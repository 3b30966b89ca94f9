"""Optima of logistic regression with L2 regularization of weights and bias: scikit-learn's liblinear.

    python3 logistic.py > logistic.json    (numpy, scikit-learn 1.8)
"""
import json

import numpy as np
from sklearn.linear_model import LogisticRegression

random = np.random.RandomState(5)
rows, features = 60, 15
present = random.rand(rows, features) < 0.3
scales = np.round(random.uniform(0.2, 2, features), 3)
factors = np.round(random.uniform(0.3, 1, rows), 3)
values = present * scales * factors[:, None]
targets = np.where(values @ random.randn(features) + 0.5 * random.randn(rows) > 0.3, 1, -1)

optima = []
for C in (0.1, 1, 30):
    model = LogisticRegression(C=C, solver="liblinear", tol=1e-12, max_iter=100000).fit(values, targets)
    optima.append({"C": C, "weights": model.coef_[0].tolist(), "bias": model.intercept_[0]})

print(
    json.dumps(
        {
            "rows": [np.flatnonzero(row).tolist() for row in present],
            "scales": scales.tolist(),
            "factors": factors.tolist(),
            "targets": targets.tolist(),
            "optima": optima,
        }
    )
)
