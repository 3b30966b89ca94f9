"""New text: `python generate.py "Once"`, or `from generate import generate`."""

import sys

from model import answers, decode, draw, encode, vocabulary


def generate_ids(prompt, length, temperature):
    """Ids of new text, one by one: the model reads the last tokens anew for each, as many as it learned from."""
    writes = vocabulary["writes"]
    ids = writes["beforePrompt"] + prompt or list(writes["withoutPrompt"])
    for _ in range(length):
        id = draw(answers([ids[-vocabulary["longest"] :]])[0], writes["never"], temperature)
        if id == 1:  # the end of a document
            return
        yield id
        ids.append(id)


def generate(prompt="", length=300, temperature=0.5):
    """The prompt, and so many tokens after it."""
    ids = encode(prompt)
    written = decode(ids + list(generate_ids(ids, length, temperature)))
    return prompt + written[len(decode(ids)) :]  # what is unknown of a prompt stays as it is


if __name__ == "__main__":
    for prompt in sys.argv[1:]:
        print(generate(prompt))
