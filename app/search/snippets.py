"""The piece of a text that shows why it was found, with the character spans of the words."""

import re
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


def word_pattern(words: list[str]) -> re.Pattern[str] | None:
    """What to mark: the beginnings of words, or Chinese runs anywhere; None for no words."""
    if not words:
        return None
    longest_first = sorted(set(words), key=len, reverse=True)
    pieces = [
        re.escape(word) if has_han(word) else rf"(?<![^\W_]){re.escape(word)}[^\W_]*"
        for word in longest_first
    ]
    return re.compile("|".join(pieces), re.IGNORECASE)


def spans(text: str, pattern: re.Pattern[str] | None) -> tuple[tuple[int, int], ...]:
    """Where the words stand in a text, adjoining ones joined."""
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(text) if pattern else ():
        if found and match.start() <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], match.end()))
        elif match.end() > match.start():
            found.append(match.span())
    return tuple(found)


def snippet(text: str, pattern: re.Pattern[str] | None, length: int = LENGTH) -> Snippet:
    """The window of a text with the most words in it, cut at white space where there is some."""
    if len(text) <= length:
        return Snippet(text, spans(text, pattern))
    starts = [match.start() for match in islice(pattern.finditer(text), _HITS)] if pattern else []
    best = _densest(starts, length * 4 // 5)
    first = max(0, best - length // 5)
    if first:
        space = text.find(" ", first, best + 1)
        first = space + 1 if space >= 0 else first
    last = min(len(text), first + length)
    if last < len(text):
        space = text.rfind(" ", first + length // 2, last)
        last = space if space >= 0 else last
    shown = ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
    return Snippet(shown, spans(shown, pattern))


def _densest(starts: list[int], width: int) -> int:
    """The start of the window with the most of the starts in it; 0 when there are none."""
    best = most = last = 0
    for first, start in enumerate(starts):
        while last < len(starts) and starts[last] < start + width:
            last += 1
        if last - first > most:
            best, most = start, last - first
    return best
