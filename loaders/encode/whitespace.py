"""Texts as ids and back: tokens are what spaces separate, and newlines."""

import re

# White space as JavaScript has it, which Python's own differs from a little.
SPACE = r"\t\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def codec(vocabulary):
    """Two functions, of what vocabulary.json says: id 0 is any unknown token, 1 the end of a text."""
    tokens, lowercase = vocabulary["text"]["tokens"], vocabulary["text"]["lowercase"]
    ids = {token: id for id, token in enumerate(tokens) if id > 1}

    def encode(text):
        return [ids.get(token, 0) for token in re.findall(rf"\n|[^\n{SPACE}]+", text.lower() if lowercase else text)]

    def decode(written):
        """One space between tokens, and none beside a newline."""
        text, space = "", ""
        for id in written:
            token = "" if id == 1 else tokens[id]
            apart = token not in ("", "\n")
            text += (space if apart else "") + token
            space = " " if apart else ""
        return text

    return encode, decode
