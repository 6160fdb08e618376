"""Words the index lacks, to words it has: one or two letters off."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST: Final = 4
"""In words of three letters, one letter off is another word."""


def corrections(
    words: Iterable[str], vocabulary: Sequence[str], limit: int = 3
) -> dict[str, list[str]]:
    """Nearest words of the vocabulary for each word that is not in it, best first.

    `vocabulary` holds lower-case words in order. Words below four letters, words
    not of letters, and beginnings of known words are left alone.
    """
    found: dict[str, list[str]] = {}
    for word in words:
        if len(word) < _SHORTEST or not word.isascii() or not word.isalpha():
            continue
        place = bisect_left(vocabulary, word)
        if place < len(vocabulary) and vocabulary[place].startswith(word):
            continue
        allowed = 1 if len(word) < 8 else 2  # two slips need a longer word
        near = process.extract(
            word, vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=limit
        )
        if near:
            found[word] = [str(choice) for choice, _, _ in near]
    return found
