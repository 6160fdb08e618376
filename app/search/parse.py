"""A reader's words to a `Query`. Any text is a query; nothing in it is syntax."""

from dataclasses import dataclass
from typing import Final

from app.search.chinese import has_han, pairs
from app.search.scripts import simplified
from app.search.words import words_of

MAX_CHARACTERS: Final = 2_000
"""Longer input is a paste, which matching reads whole; a search needs its beginning."""

MAX_TERMS: Final = 24
"""FTS5 takes more, but every further term makes a hit less likely and the query slower."""


@dataclass(frozen=True)
class Term:
    """One thing that was asked for: the words of it, in order, as the index has them.

    `text` is what the reader typed, Chinese in Simplified characters. `prefix`
    says that the last word may go on.
    """

    text: str
    words: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True)
class Query:
    """All terms are wanted; `text` is the whole input, shortened if it was too long."""

    text: str
    terms: tuple[Term, ...]


def parse(text: str, *, from_taiwan: bool = False) -> Query:
    """Split input into terms at white space. Text without any word gives a query without terms.

    `ERR_REQUIRE_ESM`, `--require-hashes` and `can't` are each one term of several
    words in order; a run of Chinese is one term of overlapping pairs, in Simplified
    characters as the index has them. `from_taiwan` says that the reader writes as
    people there do, whose words have other meanings elsewhere.
    """
    text = " ".join(text.replace("\0", " ")[:MAX_CHARACTERS].split())
    terms: dict[tuple[str, ...], Term] = {}
    for chunk in simplified(text, from_taiwan=from_taiwan).split():
        for piece, words in _pieces(chunk):
            last = words[-1]
            prefix = len(last) == 1 if has_han(last) else len(last) > 1
            terms.setdefault(words, Term(piece, words, prefix))
    return Query(text, tuple(terms.values())[:MAX_TERMS])


def _pieces(chunk: str) -> list[tuple[str, tuple[str, ...]]]:
    """A chunk's runs of Latin words and of Chinese, apart, since the two are often glued."""
    pieces: list[tuple[str, tuple[str, ...]]] = []
    latin: list[str] = []
    for word in words_of(chunk):
        if has_han(word):
            if latin:
                pieces.append((" ".join(latin), tuple(latin)))
                latin = []
            pieces.append((word, tuple(pairs(word))))
        else:
            latin.append(word)
    if latin:
        whole = not pieces
        pieces.append(
            (chunk.strip("\"'`“”‘’,.;:()[]{}") if whole else " ".join(latin), tuple(latin))
        )
    return [(text or " ".join(words), words) for text, words in pieces]
