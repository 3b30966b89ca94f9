"""Which ids may follow in a generated text: tokens that are bytes must make whole characters of UTF-8."""

import functools

FIRST_BYTE = 2
# The bytes that may follow in each state, and the state after them: (from, to, next). State 0 is between two characters.
STEPS = [
    [
        (0x00, 0x7F, 0),
        (0xC2, 0xDF, 1),
        (0xE0, 0xE0, 4),
        (0xE1, 0xEC, 2),
        (0xED, 0xED, 5),
        (0xEE, 0xEF, 2),
        (0xF0, 0xF0, 6),
        (0xF1, 0xF3, 3),
        (0xF4, 0xF4, 7),
    ],
    [(0x80, 0xBF, 0)],
    [(0x80, 0xBF, 1)],
    [(0x80, 0xBF, 2)],
    [(0xA0, 0xBF, 1)],  # no longer form than needed
    [(0x80, 0x9F, 1)],  # no surrogates
    [(0x90, 0xBF, 2)],
    [(0x80, 0x8F, 2)],  # nothing above U+10FFFF
]


def follower(vocabulary):
    """Returns two functions: the state after an id, -1 for one that cannot follow; and the list of ids that cannot follow in a state.

    With `merges` tokens are bytes, else any may follow any.
    """
    merges = vocabulary["text"].get("merges")
    if merges is None:
        return (lambda state, id: 0), (lambda state: [])
    known = [b""] * FIRST_BYTE + [bytes([byte]) for byte in range(256)]
    for left, right in zip(merges[::2], merges[1::2]):
        known.append(known[left] + known[right])

    def following(state, id):
        if id < FIRST_BYTE:
            return 0 if state == 0 else -1
        for byte in known[id]:
            state = next((after for first, last, after in STEPS[state] if first <= byte <= last), -1)
            if state == -1:
                break
        return state

    @functools.cache
    def excluded(state):
        return [id for id in range(len(known)) if following(state, id) == -1]

    return following, excluded
