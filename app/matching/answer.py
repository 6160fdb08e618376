"""What matching answers: data only, the same for the page, the API, the CLI and MCP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Evidence:
    """A place of the reader's own text that decided.

    `line` and `last_line` are 1-based; `start` and `end` are characters of the
    decoded original. `text` is the original from `start` to `end` and `shown`
    its lines as they were read, both with secrets masked.
    """

    line: int
    last_line: int
    start: int
    end: int
    text: str
    shown: str
    captures: Mapping[str, str]


@dataclass(frozen=True)
class CauseChoice:
    """The cause that the text speaks for; `decided_by` is empty if it is the only one known."""

    id: str
    decided_by: tuple[Evidence, ...]


@dataclass(frozen=True)
class Match:
    """One entry found in the text.

    `score` is in bits, `confidence` the share of such answers that were right on
    labelled cases. `signature` is a place in `Entry.signatures`. `count` is how
    often the message was seen at least; the first places are `evidence`.
    `follows` is the id of a match above that led to this one.
    """

    id: str
    score: float
    confidence: float
    role: Literal["cause", "symptom"]
    cause: CauseChoice | None
    evidence: tuple[Evidence, ...]
    captures: Mapping[str, str]
    signature: int
    count: int
    follows: str | None


@dataclass(frozen=True)
class ErrorLine:
    """The line of an unknown error that says most; `line` is 1-based."""

    line: int
    text: str


@dataclass(frozen=True)
class Answer:
    """All that matching says about one text.

    `matches` is empty when nothing is known, best first otherwise. `weak` holds
    matches too doubtful to be shown as such. `undone` counts each kind of dirt
    in what was looked at closely. `error_line` is set when nothing matched.
    """

    matches: tuple[Match, ...]
    weak: tuple[Match, ...]
    error_line: ErrorLine | None
    undone: Mapping[str, int]
    encoding: str
    size: int
