"""How much a piece of text says: the bits of surprise of its words in ordinary text.

The table beside this file is written by `python -m bench.matching_background`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

BACKGROUND: Final = Path(__file__).with_name("background.tsv")
"""One word and its bits a line, separated by a tab."""

_UNKNOWN_BITS: Final = 14.0
"""Of a word that ordinary text does not have, say an error code."""
_SHORT_BITS: Final = 5.0
"""The most that a word of one or two letters can say: they turn up anywhere."""
_NUMBER_BITS: Final = 2.0
_HAN_BITS: Final = 4.0
"""Of one Chinese character; the table has none."""
_ORDER_BITS: Final = 1.5
"""For each word that stands right after another, in print as in the template."""

_GLUED_BITS: Final = 4.0
"""Instead, if both are parts of one name, as in `connection-timeout`."""
_GLUE: Final = ("-", "_", ".", "/")

_SYMBOL: Final = re.compile(r"[*\[\]{}!@#$%^&=~|<>\\+?;]")
_SYMBOL_BITS: Final = 1.2
_MOST_SYMBOL_BITS: Final = 6.0
"""Marks beyond those of prose, as in `make: *** [all] Error 2`, say something, but not much."""

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*|\d+|[^\W\d_a-zA-Z]")


def words(text: str) -> list[str]:
    """The words of a text in lower case; Chinese characters singly, `snake_case` by its parts.

    >>> words("error[E0382]: borrow of moved value")
    ['error', 'e0382', 'borrow', 'of', 'moved', 'value']
    """
    return [word.lower() for word in _WORD.findall(text)]


def word_bits(word: str) -> float:
    """The surprise of one word as `words` gives it."""
    if word.isdigit():
        return _NUMBER_BITS
    if not word.isascii():
        return _HAN_BITS
    bits = _table().get(word, _UNKNOWN_BITS)
    return min(bits, _SHORT_BITS) if len(word) <= 2 else min(bits, _UNKNOWN_BITS)


def text_bits(literals: Iterable[str]) -> float:
    """The surprise of all the literal texts of a template together; a repeated word counts once."""
    total, seen, symbols = 0.0, set(), 0
    for literal in literals:
        symbols += len(_SYMBOL.findall(literal))
        last = None
        for found in _WORD.finditer(literal):
            word = found[0].lower()
            if word not in seen:
                total += word_bits(word)
                seen.add(word)
            if last is not None:
                total += _GLUED_BITS if literal[last : found.start()] in _GLUE else _ORDER_BITS
            last = found.end()
    return total + min(_SYMBOL_BITS * symbols, _MOST_SYMBOL_BITS)


@cache
def _table() -> dict[str, float]:
    rows = BACKGROUND.read_text(encoding="utf-8").splitlines()
    return {word: float(bits) for word, _, bits in (row.partition("\t") for row in rows)}
