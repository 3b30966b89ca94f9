"""Encodes text as ids and decodes ids: words and punctuation. Spaces are implied where English has them; other spacing has tokens."""

import re

from kinds import CLUSTER, cut, kind
from normalized import normalizer

JOIN = 2  # the token for a missing space
PIECES = r"n|[ s]+|[LMN]+(?:(?:['\-]|(?<=N)\.(?=N))[LMN]+)*|.(?:[MeA]|j[^n s])*"
CLOSING = ".,;:!?…)]}%’”»›°™®©"
OPENING = "([{“‘„«‹$£€¥#@¿¡"
JOINING = "—/\\"
QUOTES = "\"'*_`~|"
DENSE_MARKS = re.compile("[\u3000-\u303f\uff00-\uffef]")


def traits_of(token, clusters):
    """The effect of a token on the spaces around it."""
    first = token[0]
    if first == "\n":
        return {"line", "tight before", "tight after"}
    if kind(first) == "D" or DENSE_MARKS.match(first) or (clusters and CLUSTER.match(first)):
        return {"dense"}
    if kind(first) in "LMN":
        return {"plain"}
    traits = {"mark"}
    if first in CLOSING + JOINING:
        traits.add("tight before")
    if first in OPENING + JOINING:
        traits.add("tight after")
    if first in QUOTES:
        traits.add("paired")  # a space before it means that it opens
    return traits


class Spacing:
    """Tracks where a space is expected, token by token."""

    def __init__(self, traits):
        self.traits, self.open, self.previous = traits, set(), None
        self.tight = True  # no space at the start of a text or a line

    def expects(self, id):
        own = self.traits[id]
        if self.tight or "tight before" in own:
            return False
        if "plain" in own:
            return True
        if "mark" in own and id == self.previous:
            return False
        if "paired" in own:
            return id not in self.open
        return not ("dense" in own and self.previous is not None and "dense" in self.traits[self.previous])

    def advance(self, id, spaced):
        own = self.traits[id]
        if "paired" in own:
            self.tight = spaced or (self.tight and id not in self.open)
            (self.open.add if self.tight else self.open.discard)(id)
        else:
            if "line" in own:
                self.open.clear()
            self.tight = "tight after" in own
        self.previous = id


def is_gap(piece):
    return piece != "\n" and all(kind(character) in " ns" for character in piece)


def codec(vocabulary):
    """Returns the functions encode and decode. Id 0 is the unknown token, 1 the end of a text."""
    normalized, tokens = normalizer(vocabulary), vocabulary["text"]["tokens"]
    clusters = vocabulary["text"].get("clusters", False)
    ids = {token: id for id, token in enumerate(tokens) if id > 1}
    traits = [{"plain"} if id < 4 else traits_of(token, clusters) for id, token in enumerate(tokens)]

    def gap_ids(gap):
        """White space that is not in the vocabulary is encoded character by character."""
        return [ids[gap]] if gap in ids else [ids.get(character, 0) for character in gap]

    def encode(text):
        found, spacing, gap = [], Spacing(traits), ""
        for piece in cut(PIECES, normalized(text), clusters):
            if is_gap(piece):
                gap = piece
                continue
            id = ids.get(piece, 0)
            if gap == "" and spacing.expects(id):
                found.append(JOIN)
            if gap != "" and not (spacing.expects(id) and gap == " "):
                found += gap_ids(gap)
            spacing.advance(id, gap != "")
            found.append(id)
            gap = ""
        return found + (gap_ids(gap) if gap else [])

    def decode(generated):
        text, spacing, gap = "", Spacing(traits), None  # gap: white space from tokens, None without such tokens
        for id in generated:
            if id == 1:
                spacing, gap = Spacing(traits), None
            elif id == JOIN or is_gap(tokens[id]):
                gap = (gap or "") + ("" if id == JOIN else tokens[id])
                text += "" if id == JOIN else tokens[id]
            else:
                space = gap is None and spacing.expects(id)
                spacing.advance(id, space if gap is None else gap != "")
                gap = None
                text += (" " if space else "") + tokens[id]
        return text

    return encode, decode
