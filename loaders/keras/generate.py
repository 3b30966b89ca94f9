"""New text: `python generate.py "Once"`, or `from generate import generate`."""

import sys

import numpy

from model import ask, decode, draw, encode, vocabulary


def generate_ids(prompt, length, temperature):
    """Ids of new text, one by one: each token is read once.

    The states that the model answers with beside its logits are what it is given with the next token.
    """
    writes = vocabulary["writes"]
    unread = writes["beforePrompt"] + prompt or writes["withoutPrompt"]
    states = {}
    for index, state in enumerate(vocabulary.get("states", [])):
        states[f"state_{index}"] = numpy.array([state.get("start", [0] * state["units"])], "float32")
    for _ in range(length):
        feeds = {"tokens": numpy.array([unread], "int32"), **states}
        answer = ask({name: lambda value=value: value for name, value in feeds.items()})
        states = answer if isinstance(answer, dict) else {"logits": answer}
        id = draw(states.pop("logits")[0, -1], writes["never"], temperature)
        if id == 1:  # the end of a document
            return
        yield id
        unread = [id]


def generate(prompt="", length=300, temperature=0.5):
    """The prompt, and so many tokens after it."""
    ids = encode(prompt)
    written = decode(ids + list(generate_ids(ids, length, temperature)))
    return prompt + written[len(decode(ids)) :]  # what is unknown of a prompt stays as it is


if __name__ == "__main__":
    for prompt in sys.argv[1:]:
        print(generate(prompt))
