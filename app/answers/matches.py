"""What matching found in a text, as an answer: entries, evidence, and commands filled in."""

import time
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from app.answers.base import Answer, EntrySummary, Language
from app.answers.entries import CommandAnswer, EntryAnswer, RemedyAnswer, entry_answer
from app.catalogue.queries import Catalogue
from app.content.prose import SHELLS
from app.entry import fenced_code, is_meant_for
from app.matching import Answer as Matching
from app.matching import CauseChoice, Evidence, Match, match
from app.matching.encoding import Buffer
from app.matching.fill import fill
from app.outcomes.live import NOTHING_REPORTED, Reported
from app.search.parse import parse

GUESSES = 5
"""Entries offered when nothing is known: more would look like an answer."""


class EvidenceAnswer(Answer):
    """A place in the text. Lines are 1-based; `start` and `end` count characters of the text."""

    line: int
    start: int
    end: int
    text: str = Field(description="As it stands there, secrets masked")
    captures: dict[str, str]


class CauseChoiceAnswer(Answer):
    """The cause that the text speaks for."""

    id: str
    title: str
    decided_by: tuple[EvidenceAnswer, ...] = Field(description="Empty if it is the only one known")


class FilledCommand(CommandAnswer):
    """A command with the reader's own values in it, quoted for its shell."""

    missing: tuple[str, ...] = Field((), description="Placeholders that are still to be filled in")


class FilledRemedy(RemedyAnswer):
    """A remedy whose commands, also those in its text, hold what the log gave."""

    commands: tuple[FilledCommand, ...]


class MatchedEntry(EntrySummary):
    """An entry that the text speaks of."""

    score: float = Field(description="How surprising the matched text is, in bits")
    confidence: float = Field(
        description="The share of such answers that were right on labelled logs"
    )
    role: Literal["cause", "symptom"]
    cause: CauseChoiceAnswer | None = Field(description="Null when the text cannot tell which")
    evidence: tuple[EvidenceAnswer, ...]
    count: int = Field(description="How often the message was seen at least")
    follows: str | None = Field(description="The match above that led to this one")
    captures: dict[str, str]
    workarounds: tuple[FilledRemedy, ...]
    dead_ends: tuple[FilledRemedy, ...]


class ErrorLineAnswer(Answer):
    """The line of an unknown error that says most."""

    line: int
    text: str


class MatchAnswer(Answer):
    """All that is known about a text; `matches` is empty when that is nothing."""

    matches: tuple[MatchedEntry, ...]
    guesses: tuple[EntrySummary, ...] = Field(
        description="Nearest entries by words, when none matched"
    )
    error_line: ErrorLineAnswer | None
    undone: dict[str, int] = Field(description="What was undone to read the text, and how often")
    encoding: str
    took_ms: float


def match_answer(
    catalogue: Catalogue,
    data: Buffer | str,
    language: Language,
    base_url: str,
    reported: Reported = NOTHING_REPORTED,
) -> MatchAnswer:
    """Entries for a text, the root cause first. Raises UnreadableInput when it is not text."""
    begin = time.perf_counter()
    found = match(catalogue.matcher, data)
    # Reading what was reproduced would take longer than matching.
    entries = (
        entry_answer(catalogue, each.id, language, base_url, reported, with_reproduction=False)
        for each in found.matches
    )
    matches = tuple(map(_matched, found.matches, entries))
    guesses = () if matches else _guesses(catalogue, found, data, language, base_url)
    line = found.error_line
    return MatchAnswer(
        matches=matches,
        guesses=guesses,
        error_line=ErrorLineAnswer(line=line.line, text=line.text) if line else None,
        undone=dict(found.undone),
        encoding=found.encoding,
        took_ms=round((time.perf_counter() - begin) * 1000, 2),
    )


def _matched(found: Match, entry: EntryAnswer) -> MatchedEntry:
    titles = {cause.id: cause.title for cause in entry.causes}
    cause = found.cause.id if found.cause else None
    captures = dict(found.captures)
    if found.cause:
        for evidence in found.cause.decided_by:
            captures = {**captures, **evidence.captures}
    return MatchedEntry(
        **{name: getattr(entry, name) for name in EntrySummary.model_fields},
        score=found.score,
        confidence=round(found.confidence, 3),
        role=found.role,
        cause=_cause(found.cause, titles),
        evidence=tuple(map(_evidence, found.evidence)),
        count=found.count,
        follows=found.follows,
        captures=captures,
        workarounds=_fitting(entry.workarounds, cause, captures),
        dead_ends=_fitting(entry.dead_ends, cause, captures),
    )


def _cause(found: CauseChoice | None, titles: Mapping[str, str]) -> CauseChoiceAnswer | None:
    if found is None:
        return None
    decided_by = tuple(map(_evidence, found.decided_by))
    return CauseChoiceAnswer(id=found.id, title=titles[found.id], decided_by=decided_by)


def _evidence(found: Evidence) -> EvidenceAnswer:
    return EvidenceAnswer(
        line=found.line,
        start=found.start,
        end=found.end,
        text=found.text,
        captures=dict(found.captures),
    )


def _fitting(
    remedies: tuple[RemedyAnswer, ...], cause: str | None, captures: Mapping[str, str]
) -> tuple[FilledRemedy, ...]:
    """Remedies filled in: those for another cause last, safe ones first, then the best fit."""

    def rank(remedy: RemedyAnswer) -> tuple[bool, bool, bool]:
        is_elsewhere = cause is not None and not is_meant_for(remedy.when, cause)
        return (is_elsewhere, remedy.risk not in (None, "safe"), cause not in remedy.when)

    return tuple(_filled(remedy, captures) for remedy in sorted(remedies, key=rank))


def _filled(remedy: RemedyAnswer, captures: Mapping[str, str]) -> FilledRemedy:
    lines = remedy.text.split("\n")
    commands: list[FilledCommand] = []
    for code in reversed(fenced_code(remedy.text)):
        if code.language in SHELLS:
            filled = fill(code.text, code.language, captures)
            lines[code.first + 1 : code.last] = [
                code.indent + line for line in filled.text.split("\n")
            ]
            commands.insert(
                0, FilledCommand(language=code.language, text=filled.text, missing=filled.missing)
            )
    fields = {name: getattr(remedy, name) for name in RemedyAnswer.model_fields}
    text = "\n".join(lines)
    return FilledRemedy(**{**fields, "text": text, "commands": tuple(commands)})


def _guesses(
    catalogue: Catalogue, found: Matching, data: Buffer | str, language: Language, base_url: str
) -> tuple[EntrySummary, ...]:
    """Entries near in words: of the weak matches, then of the line that says most."""
    ids = [each.id for each in found.weak]
    text = found.error_line.text if found.error_line else ""
    if not text:
        text = (
            data[:2000]
            if isinstance(data, str)
            else bytes(data[:2000]).decode(found.encoding, "replace")
        )
    ids += [hit.card.id for hit in catalogue.search(parse(text), language, limit=GUESSES).hits]
    chosen = list(dict.fromkeys(ids))[:GUESSES]
    cards = catalogue.cards_of(chosen, language)
    return tuple(EntrySummary.of(cards[one], base_url) for one in chosen if one in cards)
