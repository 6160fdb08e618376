"""Pasted text to entries: the whole of matching in one call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.matching.answer import Answer, CauseChoice, Evidence, Match
from app.matching.causes import choose
from app.matching.encoding import Buffer
from app.matching.lines import likeliest_error
from app.matching.matcher import Matcher
from app.matching.ranking import THRESHOLD, Candidate, candidates_of, confidence, rank
from app.matching.regions import Occurrence
from app.matching.scan import Scan, look_for, scan
from app.matching.secrets import mask
from app.matching.source import Source

_MOST_MATCHES: Final = 50
_LONGEST_TEXT: Final = 4_000
"""Characters of the original quoted for one place."""


def match(matcher: Matcher, data: Buffer | str) -> Answer:
    """Find the entries that a log speaks of, best first.

    `data` is decoded text, bytes in any common encoding, or a mapped file: a
    mapped file of any size is read in blocks. Raises UnreadableInput when it is
    not text. How large a log may be is for the caller to say.
    """
    source = Source(data)
    found = scan(matcher, source)
    entries = [matcher.entries[place] for place in candidates_of(found)]
    look_for(
        found,
        (p for e in entries for _, s in e.signatures if found.has(s.probe) for p in s.context),
    )
    ranked = rank(found)[:_MOST_MATCHES]
    matches = [_match(found, candidate) for candidate in ranked]
    sure = tuple(each for each in matches if each.confidence >= THRESHOLD)
    return Answer(
        matches=sure,
        weak=tuple(each for each in matches if each.confidence < THRESHOLD),
        error_line=None if sure else likeliest_error(source),
        undone=dict(found.undone),
        encoding=source.encoding,
        size=len(source),
    )


def _match(found: Scan, candidate: Candidate) -> Match:
    entry = candidate.entry
    signals = [s for cause in entry.causes for s in (*cause.supporting, *cause.opposing)]
    look_for(found, (probe for signal in signals for probe in (signal.probe, *signal.context)))
    chosen = choose(found, candidate)
    captures = _captures(candidate.occurrences)
    return Match(
        id=entry.id,
        score=round(candidate.score, 1),
        confidence=confidence(candidate.score),
        role="symptom" if entry.symptom else "cause",
        cause=CauseChoice(chosen[0], tuple(map(_evidence, chosen[1]))) if chosen else None,
        evidence=tuple(map(_evidence, candidate.occurrences)),
        captures=captures,
        signature=candidate.signature,
        count=candidate.count,
        follows=candidate.follows,
    )


def _captures(occurrences: Iterable[Occurrence]) -> dict[str, str]:
    """What the first place captured, filled up from later ones."""
    captures: dict[str, str] = {}
    for each in occurrences:
        for name, value in each.captures.items():
            captures.setdefault(name, mask(value))
    return captures


def _evidence(place: Occurrence) -> Evidence:
    text = place.text[:_LONGEST_TEXT]
    return Evidence(
        line=place.line,
        last_line=place.line + place.text.count("\n"),
        start=place.start,
        end=place.end,
        text=mask(text),
        shown=mask(place.shown[:_LONGEST_TEXT]),
        captures={name: mask(value) for name, value in place.captures.items()},
    )
