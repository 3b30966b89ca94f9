"""Predicts a number for texts, or for sequences of rows of numbers: `python predict.py "a text"`, or `from predict import predict`."""

import json
import sys

from model import encode, logits_of, vocabulary


def predict(items):
    """The number for each item. items: texts, or lists of rows of numbers. `target` is the scaling of the output."""
    rows = [encode(item)[: vocabulary["longest"]] for item in items]
    target = vocabulary["target"]
    return [output * target["deviation"] + target["mean"] for (output,) in logits_of(rows).tolist()]


if __name__ == "__main__" and len(sys.argv) > 1:
    for number in predict([json.loads(word) if vocabulary["reads"] == "numbers" else word for word in sys.argv[1:]]):
        print(f"{number:.7g}")
