"""Cuts text by regular expressions over character classes: each character becomes one letter, because Python's `re` lacks the classes of Unicode."""

import re
import unicodedata

# Scripts without spaces between words: Han, Hiragana and Katakana.
DENSE = re.compile(
    "[\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff"
    "\u31f0-\u31ff\u32d0-\u32fe\u3300-\u3357\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\uff66-\uff6f\uff71-\uff9d"
    "\U00016fe2-\U00016fe3\U00016ff0-\U00016ff6\U0001aff0-\U0001b167\U0001f200\U00020000-\U00033479]"
)
# Thai, Lao, Khmer, Myanmar, and marks of Han and kana.
CLUSTER = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f\u3006\u3031-\u3035\u303c\u30fc\uff70\uff9e\uff9f]"
)
AM_VOWELS = "\u0e33\u0eb3"  # they belong to the character before them
SPACES = frozenset("\t\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | frozenset(map(chr, range(0x2000, 0x200B)))
SPECIAL = {"\n": "n", " ": " ", "'": "'", "’": "'", "_": "-", "-": "-", ".": ".", ",": ".", ":": ".", "\u200d": "j"}


def kind(character, clusters=False):
    """The class of a character: n newline, s white space other than a space, D Han or kana, L letter, M combining mark, N number, e emoji skin tone, o other.
    With clusters, D includes other scripts without spaces, and A is a vowel that belongs to the character before it."""
    if character in SPECIAL:
        return SPECIAL[character]
    if character in SPACES:
        return "s"
    if DENSE.match(character):
        return "D"
    category = unicodedata.category(character)[0]
    if clusters and category in "LN" and CLUSTER.match(character):
        return "A" if character in AM_VOWELS else "D"
    if category in "LMN":
        return category
    return "e" if "\U0001f3fb" <= character <= "\U0001f3ff" else "o"


def cut(pattern, text, clusters=False):
    """The pieces of a text by a pattern over the classes of its characters; together they are the whole text."""
    return [text[found.start() : found.end()] for found in re.finditer(pattern, "".join(kind(character, clusters) for character in text))]
