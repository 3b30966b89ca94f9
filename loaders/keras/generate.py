"""Generates text: `python generate.py "Once"`, or `from generate import generate`."""

import sys

import numpy

from follow import follower
from model import decode, draw, encode, run, vocabulary

following, excluded = follower(vocabulary)


def generate_ids(prompt, length, temperature):
    """Yields generated ids. Each token is read once: the states that the model returns are its inputs with the next token."""
    writes = vocabulary["writes"]
    unread = writes["beforePrompt"] + prompt or writes["withoutPrompt"]
    states = {}
    for index, state in enumerate(vocabulary.get("states", [])):
        states[f"state_{index}"] = numpy.array([state.get("start", [0] * state["units"])], "float32")
    written, count = 0, 0  # the state of follow.py: a text does not end within a character
    while count < length or written != 0:
        feeds = {"tokens": numpy.array([unread], "int32"), **states}
        outputs = run({name: lambda value=value: value for name, value in feeds.items()})
        states = outputs if isinstance(outputs, dict) else {"logits": outputs}
        id = draw(states.pop("logits")[0, -1], writes["never"] + excluded(written), temperature)
        if id == 1:  # the end of a document
            return
        written, count = following(written, id), count + 1
        yield id
        unread = [id]


def generate(prompt="", length=300, temperature=0.5):
    """The prompt and up to `length` tokens after it."""
    ids = encode(prompt)
    generated = decode(ids + list(generate_ids(ids, length, temperature)))
    return prompt + generated[len(decode(ids)) :]  # unknown parts of the prompt stay unchanged


if __name__ == "__main__":
    for prompt in sys.argv[1:]:
        print(generate(prompt))
