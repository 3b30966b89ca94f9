"""Encodes text as ids and decodes ids: subwords, by byte-pair encoding of UTF-8. Ids 2 ... 257 are the bytes, so no text is unknown."""

import math

from kinds import cut
from normalized import normalizer

FIRST_BYTE = 2
FIRST_MERGE = FIRST_BYTE + 256
PIECES = r" ?[LMD]{1,64}(?:'[LMD]{1,16})?| ?N{1,3}|n{1,16}| ?['\-.joe]{1,16}|[ s]{1,63}(?=[ s][^ sn])|[ s]{1,64}"


def codec(vocabulary):
    """Returns the functions encode and decode. `merges` has a pair of ids for each merge; merge i makes the id 258 + i."""
    normalized, merges = normalizer(vocabulary), vocabulary["text"]["merges"]
    pairs = list(zip(merges[::2], merges[1::2]))
    merge_of = {pair: FIRST_MERGE + index for index, pair in enumerate(pairs)}
    known = [b""] * FIRST_BYTE + [bytes([byte]) for byte in range(256)]
    for left, right in pairs:
        known.append(known[left] + known[right])

    def merged(piece):
        """Applies the merge that was learned first, until no pair can be merged."""
        ids = [FIRST_BYTE + byte for byte in piece.encode("utf-8", "replace")]
        while len(ids) > 1:
            candidates = [merge_of.get(pair, math.inf) for pair in zip(ids, ids[1:])]
            best = min(candidates)
            if best == math.inf:
                break
            index = candidates.index(best)
            ids[index : index + 2] = [best]
        return ids

    def encode(text):
        return [id for piece in cut(PIECES, normalized(text)) for id in merged(piece)]

    def decode(generated):
        return b"".join(known[id] for id in generated).decode("utf-8", "replace")

    return encode, decode
