"""Tags the words of sentences: `python tag.py "The dog barks ."`, or `from tag import tag`."""

import sys

from model import encode, logits_of, softmax, vocabulary

spelling = vocabulary.get("spelling")
letters = {character: id + 1 for id, character in enumerate(spelling["tokens"])} if spelling else {}  # 0 is padding


def characters_of(word):
    """The ids of a word's characters, padded at the end; of a long word the first and the last ones."""
    ends = spelling["ends"]
    ids = [letters.get(character, 1) for character in word]
    read = ids[:ends] + ids[-ends:] if len(ids) > 2 * ends else ids
    return read + [0] * (2 * ends - len(read))


def tag(sentences):
    """The tag of each word of each sentence, with its probability.

    sentences: lists of words and punctuation marks, as in a treebank; plain text is not split into words, as `rnn tag` does.
    """
    rows = [[(encode("_".join(word.split())) or [0])[0] for word in words] for words in sentences]
    logits = logits_of(rows, [[characters_of(word) for word in words] for words in sentences] if spelling else None)

    def best(step_logits):
        return max(zip(vocabulary["labels"], softmax(step_logits.tolist())), key=lambda label: label[1])

    return [[best(logits[row, step]) for step in range(len(words))] for row, words in enumerate(sentences)]


if __name__ == "__main__":
    for sentence in sys.argv[1:]:
        words = sentence.split()
        for word, (name, _) in zip(words, tag([words])[0]):
            print(f"{word}\t{name}")
        print()
