"""Numbers for texts, or for sequences of rows of numbers: `python predict.py "a text"`, or `from predict import predict`."""

import json
import sys

from model import answers, encode, vocabulary


def predict(items):
    """Of each text its number; lists of rows of numbers where the model reads these. The output is scaled: `target` says how."""
    rows = [encode(item)[: vocabulary["longest"]] for item in items]
    target = vocabulary["target"]
    return [output * target["deviation"] + target["mean"] for (output,) in answers(rows).tolist()]


if __name__ == "__main__" and len(sys.argv) > 1:
    for number in predict([json.loads(word) if vocabulary["reads"] == "numbers" else word for word in sys.argv[1:]]):
        print(f"{number:.7g}")
