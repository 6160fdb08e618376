"""Words the index lacks, to words it has: one or two letters off."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from string import ascii_lowercase
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST: Final = 4
"""In words of three letters, one letter off is another word."""

_LONG: Final = 8
"""From this length on, a reader may slip twice."""


class Vocabulary:
    """The words of an index, so kept that near ones are found without looking at all."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take lower-case words; those that are not of ASCII letters are left out."""
        self._sorted = sorted(word for word in words if word.isascii() and word.isalpha())
        self._alike: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for word in self._sorted:
            self._alike[len(word), word[0]].append(word)

    def begins(self, word: str) -> bool:
        """Whether a word of the index is this one or goes on from it."""
        place = bisect_left(self._sorted, word)
        return place < len(self._sorted) and self._sorted[place].startswith(word)

    def near(self, word: str, limit: int) -> list[str]:
        """Words of the index one or two letters off, best first.

        Those with the same first letter come first, which is rarely the wrong one:
        the others, twenty times as many, are only looked at when there are none.
        """
        first, others = word[0], set(ascii_lowercase) - {word[0]}
        return self._near(word, limit, first) or self._near(word, limit, "".join(sorted(others)))

    def _near(self, word: str, limit: int, letters: str) -> list[str]:
        allowed = 1 if len(word) < _LONG else 2
        found: list[tuple[float, str]] = []
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for letter in letters:
                hits = process.extract(
                    word,
                    self._alike.get((length, letter), ()),
                    scorer=OSA.distance,
                    score_cutoff=allowed,
                    limit=limit,
                )
                found += [(distance, str(choice)) for choice, distance, _ in hits]
        return [choice for _, choice in sorted(found)[:limit]]


def corrections(
    words: Iterable[str], vocabulary: Vocabulary, limit: int = 3
) -> dict[str, list[str]]:
    """Nearest words of the vocabulary for each word that is not in it, best first.

    Words below four letters, words not of letters, and beginnings of known words
    are left alone.
    """
    found: dict[str, list[str]] = {}
    for word in words:
        if len(word) < _SHORTEST or not word.isascii() or not word.isalpha():
            continue
        if not vocabulary.begins(word) and (near := vocabulary.near(word, limit)):
            found[word] = near
    return found
