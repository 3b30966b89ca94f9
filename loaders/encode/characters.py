"""Encodes text as ids and decodes ids: each character is a token."""

from normalized import normalizer


def codec(vocabulary):
    """Returns the functions encode and decode. Id 0 is the unknown token, 1 the end of a text."""
    normalized, tokens = normalizer(vocabulary), vocabulary["text"]["tokens"]
    ids = {token: id for id, token in enumerate(tokens) if id > 1}

    def encode(text):
        return [ids.get(character, 0) for character in normalized(text)]

    def decode(generated):
        return "".join("" if id == 1 else tokens[id] for id in generated)

    return encode, decode
