"""Classifies texts, or sequences of rows of numbers: `python classify.py "a text"`, or `from classify import classify`."""

import json
import sys

from model import encode, logits_of, softmax, vocabulary


def classify(items):
    """The labels of each item with their probabilities, most probable first. items: texts, or lists of rows of numbers."""
    rows = [encode(item)[: vocabulary["longest"]] for item in items]
    labeled = [zip(vocabulary["labels"], softmax(logits.tolist())) for logits in logits_of(rows)]
    return [sorted(labels, key=lambda label: -label[1]) for labels in labeled]


if __name__ == "__main__" and len(sys.argv) > 1:
    items = [json.loads(word) if vocabulary["reads"] == "numbers" else word for word in sys.argv[1:]]
    for (label, probability), *_ in classify(items):
        print(f"{label}\t{probability:.4f}")
