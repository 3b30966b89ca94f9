"""Labels for texts, or for sequences of rows of numbers: `python classify.py "a text"`, or `from classify import classify`."""

import json
import sys

from model import answers, encode, softmax, vocabulary


def classify(items):
    """Of each text its labels with their probabilities, best first; lists of rows of numbers where the model reads these."""
    rows = [encode(item)[: vocabulary["longest"]] for item in items]
    labelled = [zip(vocabulary["labels"], softmax(logits.tolist())) for logits in answers(rows)]
    return [sorted(labels, key=lambda label: -label[1]) for labels in labelled]


if __name__ == "__main__" and len(sys.argv) > 1:
    items = [json.loads(word) if vocabulary["reads"] == "numbers" else word for word in sys.argv[1:]]
    for (label, probability), *_ in classify(items):
        print(f"{label}\t{probability:.4f}")
