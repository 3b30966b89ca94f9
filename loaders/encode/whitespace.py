"""Encodes text as ids and decodes ids: tokens are newlines and the text between white space."""

import re

from normalized import normalizer

# White space of JavaScript, which differs slightly from Python's.
SPACE = r"\t\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def codec(vocabulary):
    """Returns the functions encode and decode. Id 0 is the unknown token, 1 the end of a text."""
    normalized, tokens = normalizer(vocabulary), vocabulary["text"]["tokens"]
    ids = {token: id for id, token in enumerate(tokens) if id > 1}

    def encode(text):
        return [ids.get(token, 0) for token in re.findall(rf"\n|[^\n{SPACE}]+", normalized(text))]

    def decode(generated):
        """Puts one space between tokens, and none before or after a newline."""
        text, space = "", ""
        for id in generated:
            token = "" if id == 1 else tokens[id]
            spaced = token not in ("", "\n")
            text += (space if spaced else "") + token
            space = " " if spaced else ""
        return text

    return encode, decode
