"""Normalizes text before it is cut into tokens, as vocabulary.json says."""

import re
import unicodedata

STEPS = {
    "nfc": lambda text: unicodedata.normalize("NFC", text),
    "quotes": lambda text: re.sub("[“”„‟]", '"', re.sub("[‘’‛ʼ]", "'", text)),
}


def normalizer(vocabulary):
    """Returns a function of a text. `normalization` has the steps in their order, none if it is absent."""
    steps, lowercase = vocabulary["text"].get("normalization", []), vocabulary["text"]["lowercase"]

    def normalized(text):
        for step in steps:
            text = STEPS[step](text)
        return text.lower() if lowercase else text

    return normalized
