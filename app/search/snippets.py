"""The piece of a text that shows why it was found, with the character spans of the words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.search.chinese import has_han

_HITS: Final = 60
"""Places looked at; a word that stands more often is shown well enough by the first of them."""

LENGTH: Final = 200
"""Characters of a snippet: about two lines on a wide screen."""


@dataclass(frozen=True)
class Snippet:
    """`text` with `spans`, the (start, end) of the words that were asked for, in order."""

    text: str
    spans: tuple[tuple[int, int], ...]


class Words:
    """The words that were asked for, to be found again in texts, in small letters or capitals.

    A word is found where a word begins, and to the end of that; a Chinese run anywhere.
    Looking for plain strings is ten times as fast as a pattern in a long text.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Take words in lower case, such as `words_of` gives."""
        self._words = tuple(dict.fromkeys(words))

    def in_text(self, text: str) -> bool:
        """Whether any of the words is there."""
        small = _small(text)
        return any(next(_starts(small, word), None) is not None for word in self._words)

    def starts(self, text: str) -> list[int]:
        """Where the words begin, in order; of a word that stands often, the first places."""
        small = _small(text)
        return sorted(
            start for word in self._words for start in islice(_starts(small, word), _HITS)
        )

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where the words stand, in order, adjoining and overlapping ones joined."""
        small = _small(text)
        found: list[tuple[int, int]] = []
        places = ((start, word) for word in self._words for start in _starts(small, word))
        for start, word in sorted(places):
            end = start + len(word)
            while not has_han(word) and small[end : end + 1].isalnum():
                end += 1
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        return tuple(found)


def _small(text: str) -> str:
    """The text in small letters, as long as it was: `İ` would become two characters."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _starts(small: str, word: str) -> Iterator[int]:
    inside = has_han(word)
    place = small.find(word)
    while place >= 0:
        if inside or not small[place - 1 : place].isalnum():
            yield place
        place = small.find(word, place + len(word))


def snippet(text: str, words: Words, length: int = LENGTH) -> Snippet:
    """The window of a text with the most words in it, cut at white space where there is some."""
    if len(text) <= length:
        return Snippet(text, words.spans(text))
    best = _densest(words.starts(text), length * 4 // 5)
    first = max(0, best - length // 5)
    if first:
        space = text.find(" ", first, best + 1)
        first = space + 1 if space >= 0 else first
    last = min(len(text), first + length)
    if last < len(text):
        space = text.rfind(" ", first + length // 2, last)
        last = space if space >= 0 else last
    shown = ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
    return Snippet(shown, words.spans(shown))


def _densest(starts: list[int], width: int) -> int:
    """The start of the window with the most of the starts in it; 0 when there are none."""
    best = most = last = 0
    for first, start in enumerate(starts):
        while last < len(starts) and starts[last] < start + width:
            last += 1
        if last - first > most:
            best, most = start, last - first
    return best
