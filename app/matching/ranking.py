"""Found signatures to an ordered list of entries, with a score that means something.

The score is the surprise, in bits, of the literal text that matched, changed a
little by what stands around it. Causes come before symptoms, a cause before
what it led to; of two entries that claim the same text the more exact one wins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from app.matching.context import Verdict, context_bits
from app.matching.probes import Condition, KnownEntry
from app.matching.regions import Occurrence
from app.matching.scan import Scan

ENOUGH_BITS: Final = 70.0
"""Beyond this, more literal text makes a match no surer."""
_CLAIMED_BITS: Final = -14.0
"""For a match whose text is part of a more exact one."""
_MOST_COMPARED: Final = 4
"""Places of an entry that are held against those of the others."""

CALIBRATION_FILE: Final = Path(__file__).with_name("calibration.tsv")
"""Score in bits and share of right answers, rising; by `python -m bench.evaluate --fit`."""
_EQUALLY_SURE: Final = (20.0, 24.0)
"""Between two of these scores, the earlier match comes first rather than the surer."""
THRESHOLD: Final = 0.5
"""Below this confidence the honest answer is that no entry is known."""


@dataclass
class Candidate:
    """An entry that was found: where, by which signature first, and how surprising that is."""

    entry: KnownEntry
    signature: int
    score: float
    occurrences: list[Occurrence]
    count: int
    follows: str | None = None
    claimed: bool = False

    @property
    def first(self) -> Occurrence:
        """The earliest place."""
        return self.occurrences[0]


def confidence(score: float) -> float:
    """The share of answers with this score that are right, by the calibration."""
    points = _calibration()
    place = bisect_right([point[0] for point in points], score)
    if place in (0, len(points)):
        return points[max(place - 1, 0)][1]
    (low, below), (high, above) = points[place - 1], points[place]
    return round(below + (above - below) * (score - low) / (high - low), 3)


@cache
def _calibration() -> list[tuple[float, float]]:
    rows = CALIBRATION_FILE.read_text(encoding="utf-8").splitlines()
    return [(float(score), float(share)) for score, share in (row.split("\t") for row in rows)]


def rank(found: Scan) -> list[Candidate]:
    """The entries whose signatures hold, best first. Context probes must have been looked for."""
    places = candidates_of(found)
    if not places:
        return []
    verdict = Verdict(found.source)
    entries = found.matcher.entries
    candidates = [each for place in places if (each := _candidate(found, entries[place], verdict))]
    _lower_what_others_claim(candidates)
    _connect(candidates)
    return sorted(candidates, key=_order)


def candidates_of(found: Scan) -> list[int]:
    """The places of the entries with any signature found, conditions not yet looked at."""
    by_probe = found.matcher.entries_by_probe
    places = {place for probe, at in found.found.items() if at for place in by_probe.get(probe, ())}
    return sorted(places)


def holds(found: Scan, condition: Condition) -> bool:
    """Whether a probe was found with all it requires and nothing that excludes it."""
    return (
        found.has(condition.probe)
        and all(found.has(probe) for probe in condition.requires)
        and not any(found.has(probe) for probe in condition.unless)
    )


def _candidate(found: Scan, entry: KnownEntry, verdict: Verdict) -> Candidate | None:
    holding = [each for each in entry.signatures if holds(found, each[1])]
    if not holding:
        return None
    occurrences = _apart(each for _, condition in holding for each in found.found[condition.probe])
    signature, best = max(holding, key=lambda each: _bits(found, each[1]))
    place = max(found.found[best.probe], key=context_bits)
    score = verdict.limit(_bits(found, best) + context_bits(place), occurrences[-1])
    count = max(found.counts[condition.probe] for _, condition in holding)
    return Candidate(entry, signature, score, occurrences, count)


def _bits(found: Scan, condition: Condition) -> float:
    probes = found.matcher.probes
    required = sum(probes[probe].bits for probe in condition.requires)
    return min(probes[condition.probe].bits + required / 2, ENOUGH_BITS)


def _apart(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """In the order of the log; of overlapping places the one that captured most."""
    kept: list[Occurrence] = []
    for each in sorted(occurrences, key=lambda one: one.start):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
        elif _says_more(each, kept[-1]):
            kept[-1] = each
    return kept


def _says_more(one: Occurrence, other: Occurrence) -> bool:
    return (len(one.captures), one.end - one.start) > (len(other.captures), other.end - other.start)


def _lower_what_others_claim(candidates: Sequence[Candidate]) -> None:
    """An entry all of whose places lie mostly inside a surer one's places says nothing new."""
    claimed: list[tuple[int, int]] = []
    for candidate in sorted(candidates, key=lambda each: -each.score):
        spans = [(each.start, each.end) for each in candidate.occurrences[:_MOST_COMPARED]]
        if all(any(_overlap(span, other) for other in claimed) for span in spans):
            candidate.claimed = True
            candidate.score += _CLAIMED_BITS
        claimed += spans


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two places share more than half of the shorter one."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * shared > min(one[1] - one[0], other[1] - other[0])


def _connect(candidates: Sequence[Candidate]) -> None:
    """Note for each entry an earlier one that leads to it."""
    for candidate in candidates:
        for other in candidates:
            leads = (
                candidate.entry.id in other.entry.leads_to
                or other.entry.id in candidate.entry.follows
            )
            if leads and other is not candidate and other.follows != candidate.entry.id:
                candidate.follows = other.entry.id


def _order(candidate: Candidate) -> tuple[bool, bool, bool, int, int]:
    """Causes first, then what nothing else led to, then the surer, then the earlier.

    In a Java trace the deepest "Caused by:", which comes last, is the origin.
    """
    place = candidate.first
    surer = -bisect_right(_EQUALLY_SURE, candidate.score)
    position = -place.start if place.is_nested_cause else place.start
    follows = candidate.follows is not None
    return candidate.entry.symptom, follows, candidate.claimed, surer, position
