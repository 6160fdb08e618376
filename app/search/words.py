"""Words as the index sees them: what unicode61 would cut, and the parts of identifiers."""

import re
from typing import Final

from app.search.chinese import HAN, has_han, pairs
from app.search.scripts import simplified

WORD: Final = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
"""A run of Han characters, or a run of letters and digits: FTS5's unicode61 cuts the same way."""

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_CAMEL_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case."""
    return [match[0].lower() for match in WORD.finditer(text)]


def indexable(text: str) -> str:
    """The words of a text with Han runs as pairs, for the index.

    The tokenizer gets nothing else, since it may know another version of
    Unicode, and would then cut the query and the text in different places.
    """
    return " ".join(
        piece
        for word in words_of(simplified(text))
        for piece in (pairs(word) if has_han(word) else (word,))
    )


def identifier_parts(text: str) -> list[str]:
    """The parts of camelCase identifiers: `ModuleNotFoundError` gives module, not, found, error.

    Parts of snake_case are words of their own already, since `_` separates.
    """
    found: list[str] = []
    for match in _IDENTIFIER.finditer(text):
        for word in match[0].split("_"):
            parts = _CAMEL_PARTS.findall(word)
            if len(parts) > 1:
                found += [part.lower() for part in parts]
    return found
