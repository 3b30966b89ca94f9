"""A tag for each word of sentences: `python tag.py "The dog barks ."`, or `from tag import tag`."""

import sys

from model import answers, encode, softmax, vocabulary

spelling = vocabulary.get("spelling")
letters = {character: id + 1 for id, character in enumerate(spelling["tokens"])} if spelling else {}  # 0 is no character


def spelt(word):
    """A word's characters, the first and the last so many of a long one, padded behind."""
    ends = spelling["ends"]
    ids = [letters.get(character, 1) for character in word]
    read = ids[:ends] + ids[-ends:] if len(ids) > 2 * ends else ids
    return read + [0] * (2 * ends - len(read))


def tag(sentences):
    """Of each sentence its words' tags, with their probabilities.

    sentences: lists of words, marks apart, as a treebank has them. `rnn tag` cuts plain text itself, this does not.
    """
    rows = [[(encode("_".join(word.split())) or [0])[0] for word in words] for words in sentences]
    said = answers(rows, [[spelt(word) for word in words] for words in sentences] if spelling else None)

    def best(logits):
        return max(zip(vocabulary["labels"], softmax(logits.tolist())), key=lambda label: label[1])

    return [[best(said[row, step]) for step in range(len(words))] for row, words in enumerate(sentences)]


if __name__ == "__main__":
    for sentence in sys.argv[1:]:
        words = sentence.split()
        for word, (name, _) in zip(words, tag([words])[0]):
            print(f"{word}\t{name}")
        print()
