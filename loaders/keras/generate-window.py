"""Generates text: `python generate.py "Once"`, or `from generate import generate`."""

import sys

from follow import follower
from model import decode, draw, encode, logits_of, vocabulary

following, excluded = follower(vocabulary)


def generate_ids(prompt, length, temperature):
    """Yields generated ids. For each one the model reads the last tokens again, as many as in training."""
    writes = vocabulary["writes"]
    ids = writes["beforePrompt"] + prompt or list(writes["withoutPrompt"])
    written, count = 0, 0  # the state of follow.py: a text does not end within a character
    while count < length or written != 0:
        id = draw(logits_of([ids[-vocabulary["longest"] :]])[0], writes["never"] + excluded(written), temperature)
        if id == 1:  # the end of a document
            return
        written, count = following(written, id), count + 1
        yield id
        ids.append(id)


def generate(prompt="", length=300, temperature=0.5):
    """The prompt and up to `length` tokens after it."""
    ids = encode(prompt)
    generated = decode(ids + list(generate_ids(ids, length, temperature)))
    return prompt + generated[len(decode(ids)) :]  # unknown parts of the prompt stay unchanged


if __name__ == "__main__":
    for prompt in sys.argv[1:]:
        print(generate(prompt))
