"""Normalizes text before it is cut into tokens, as vocabulary.json says."""

import re
import unicodedata

# The blocks of Thai, Lao, Khmer and Myanmar.
BLOCK = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")


def clusters(text):
    """Puts a space between the clusters of scripts without spaces; the vowel am belongs to the character before it."""
    spaced = text[:1]
    for left, right in zip(text, text[1:]):
        kinds = unicodedata.category(left)[0], unicodedata.category(right)[0]
        before = kinds[0] in "LMN" and BLOCK.match(right) and kinds[1] != "M"
        after = BLOCK.match(left) and kinds[1] in "LN"
        spaced += (" " if (before or after) and right not in "\u0e33\u0eb3" else "") + right
    return spaced


STEPS = {
    "nfc": lambda text: unicodedata.normalize("NFC", text),
    "quotes": lambda text: re.sub("[“”„‟]", '"', re.sub("[‘’‛ʼ]", "'", text)),
    "clusters": clusters,
}


def normalizer(vocabulary):
    """Returns a function of a text. `normalization` has the steps in their order, none if it is absent."""
    steps, lowercase = vocabulary["text"].get("normalization", []), vocabulary["text"]["lowercase"]

    def normalized(text):
        for step in steps:
            text = STEPS[step](text)
        return text.lower() if lowercase else text

    return normalized
