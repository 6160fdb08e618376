"""What the catalogue answers with: cards, pages, lists, hits. Data only."""

from dataclasses import dataclass
from typing import Any, Final

from app.entry import Entry
from app.errors import Problem
from app.rates import Trials
from app.search.snippets import Snippet

MAX_LIMIT: Final = 100
"""Entries of one page of a list."""


@dataclass(frozen=True)
class Card:
    """An entry as lists show it, in one language. `language` is what its texts are in."""

    id: str
    title: str
    message: str
    summary: str
    code: str | None
    category: str
    severity: str
    status: str
    symptom: bool
    changed: str
    language: str


@dataclass(frozen=True)
class Page:
    """An entry in one language: its rendered parts by key, what was reproduced by remedy."""

    entry: Entry
    card: Card
    parts: dict[str, Any]
    trials: dict[str, Trials]
    source: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Filters:
    """Which entries a list is of; None means any."""

    ecosystem: str | None = None
    category: str | None = None
    tag: str | None = None
    severity: str | None = None
    status: str | None = None
    code: str | None = None
    symptom: bool | None = None


@dataclass(frozen=True)
class Listed:
    """A page of a list, and how many entries there are in all."""

    cards: tuple[Card, ...]
    total: int


@dataclass(frozen=True)
class Count:
    """A value to filter by, and how many entries have it."""

    name: str
    entries: int


@dataclass(frozen=True)
class Hit:
    """An entry that was found. `score` is higher for better ones; spans are character offsets."""

    card: Card
    score: float
    title_spans: tuple[tuple[int, int], ...]
    message_spans: tuple[tuple[int, int], ...]
    snippet: Snippet


@dataclass(frozen=True)
class Found:
    """What a search gave, and how the query was read.

    `every` says whether all terms were found together; `corrected` maps words
    that are not in the index to what was tried beside them.
    """

    hits: tuple[Hit, ...]
    total: int
    every: bool
    corrected: dict[str, list[str]]
