"""Texts as ids and back: each character is a token."""


def codec(vocabulary):
    """Two functions, of what vocabulary.json says: id 0 is any unknown token, 1 the end of a text."""
    tokens, lowercase = vocabulary["text"]["tokens"], vocabulary["text"]["lowercase"]
    ids = {token: id for id, token in enumerate(tokens) if id > 1}

    def encode(text):
        return [ids.get(character, 0) for character in (text.lower() if lowercase else text)]

    def decode(written):
        return "".join("" if id == 1 else tokens[id] for id in written)

    return encode, decode
