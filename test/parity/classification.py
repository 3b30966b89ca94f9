"""Writes classification.json: scikit-learn's classification report and confusion matrix. Needs scikit-learn; run as: python classification.py > classification.json"""
import json

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix


def cases():
    random = np.random.RandomState(3)
    truth = random.choice(3, 60, p=[0.6, 0.3, 0.1])
    yield "three uneven classes", 3, truth, np.where(random.random_sample(60) < 0.7, truth, random.choice(3, 60))
    yield "a class that is never predicted", 3, [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 0, 1]
    yield "a class that never occurs", 3, [0, 0, 1, 1], [0, 2, 1, 1]
    yield "a class that neither occurs nor is predicted", 4, [0, 0, 1, 3], [0, 1, 1, 3]
    yield "all wrong", 2, [0, 0, 1], [1, 1, 0]
    yield "two classes, all right", 2, [0, 1, 1], [0, 1, 1]


fixture = []
for name, classes, truth, predicted in cases():
    report = classification_report(truth, predicted, output_dict=True, zero_division=0)
    fixture.append(
        {
            "name": name,
            "classes": classes,
            "truth": np.asarray(truth).tolist(),
            "predicted": np.asarray(predicted).tolist(),
            "accuracy": accuracy_score(truth, predicted),
            "matrix": confusion_matrix(truth, predicted, labels=range(classes)).tolist(),
            "report": {key: value for key, value in report.items() if key != "accuracy"},
        }
    )
print(json.dumps({"scikit-learn": sklearn.__version__, "cases": fixture}))
