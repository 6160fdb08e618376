"""A `Query` to SQLite FTS5: the tokenizer, the columns with their weights, the expressions.

Every word is quoted, so the reader's text never becomes FTS syntax.
Source: https://www.sqlite.org/fts5.html, sections 3 and 4.3.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from app.search.chinese import has_han
from app.search.parse import Query, Term
from app.search.words import identifier_parts, indexable

TOKENIZER: Final = "unicode61 remove_diacritics 2"

COLUMNS: Final[Mapping[str, float]] = {
    "id": 8.0,
    "title": 10.0,
    "message": 8.0,
    "code": 12.0,
    "tags": 4.0,
    "summary": 4.0,
    "headings": 3.0,
    "body": 1.0,
    "parts": 1.0,
}
"""Columns of the index with their BM25 weights: the closer to the message, the heavier.

`parts` holds the pieces of camelCase identifiers, which are not shown anywhere.
"""


RANK: Final = ", ".join(map(str, (0.0, 0.0, *COLUMNS.values())))
"""The weights of all columns of the table, whose first two are not indexed."""


def indexed(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts of one entry in one language by column, as the index wants them."""
    columns = {name: indexable(texts.get(name, "")) for name in COLUMNS if name != "parts"}
    shown = " ".join(texts.values())
    columns["parts"] = " ".join(dict.fromkeys(identifier_parts(shown)))
    return columns


def expression(query: Query, corrections: Mapping[str, Iterable[str]], *, every: bool) -> str:
    """The FTS5 MATCH expression; "" for a query without terms, so ask nothing.

    `corrections` maps a word to words of the index to try beside it. With
    `every` all terms must occur, else any of them.
    """
    joined = " AND " if every else " OR "
    return joined.join(_alternatives(term, corrections) for term in query.terms)


def _alternatives(term: Term, corrections: Mapping[str, Iterable[str]]) -> str:
    phrase = " ".join(term.words)
    found = [_quoted(phrase) + ("*" if term.prefix else "")]
    if len(term.words) == 1:
        found += [_quoted(word) for word in corrections.get(term.words[0], ())]
        parts = identifier_parts(term.text)
        if parts:
            found.append(_quoted(" ".join(parts)))
    elif has_han(term.words[0]):
        # A long run is rarely written twice in the same words; its pairs nearby are as good.
        found.append(f"NEAR({' '.join(_quoted(word) for word in term.words)}, 12)")
    else:
        every_word = [_with_corrections(word, corrections) for word in term.words]
        found.append(f"({' AND '.join(every_word)})")
    return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def _with_corrections(word: str, corrections: Mapping[str, Iterable[str]]) -> str:
    others = [_quoted(other) for other in corrections.get(word, ())]
    return f"({' OR '.join([_quoted(word), *others])})" if others else _quoted(word)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
