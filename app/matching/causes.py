"""Which of an entry's causes the reader's text speaks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from app.matching.probes import Condition, KnownCause
from app.matching.ranking import Candidate, holds
from app.matching.regions import Occurrence
from app.matching.scan import Scan

_NEAR: Final = 4_000
"""Characters from the message within which a signal counts in full, and half as much beyond."""
_LEAD_BITS: Final = 3.0
"""How much more must speak for one cause than for the next to choose it."""


def choose(found: Scan, candidate: Candidate) -> tuple[str, list[Occurrence]] | None:
    """The id of the cause and the places that decided; None when nothing does or two tie.

    The only cause of an entry is chosen with no places, unless the text speaks
    against it. Signals must have been looked for.
    """
    causes = candidate.entry.causes
    weighed = sorted(
        ((_weigh(found, candidate, cause), cause) for cause in causes), key=lambda each: -each[0]
    )
    if not weighed:
        return None
    best, cause = weighed[0]
    if len(weighed) == 1 and best >= 0:
        return cause.id, _deciding(found, candidate, cause)
    if best <= 0 or (len(weighed) > 1 and best - weighed[1][0] < _LEAD_BITS):
        return None
    return cause.id, _deciding(found, candidate, cause)


def _weigh(found: Scan, candidate: Candidate, cause: KnownCause) -> float:
    """Bits for a cause. What speaks against it rules it out, however much speaks for it."""
    if any(holds(found, signal) for signal in cause.opposing):
        return -1.0
    return _strongest(found, candidate, cause.supporting)


def _strongest(found: Scan, candidate: Candidate, signals: Iterable[Condition]) -> float:
    """The bits of the signals that hold; the first counts in full, each further one less."""
    bits = sorted(
        (
            found.matcher.probes[signal.probe].bits
            * (1.0 if _distance(candidate, _nearest(found, candidate, signal)) <= _NEAR else 0.5)
            for signal in signals
            if holds(found, signal)
        ),
        reverse=True,
    )
    return sum(value * 0.5**place for place, value in enumerate(bits))


def _deciding(found: Scan, candidate: Candidate, cause: KnownCause) -> list[Occurrence]:
    return [
        _nearest(found, candidate, signal) for signal in cause.supporting if holds(found, signal)
    ]


def _nearest(found: Scan, candidate: Candidate, signal: Condition) -> Occurrence:
    return min(found.found[signal.probe], key=lambda place: _distance(candidate, place))


def _distance(candidate: Candidate, place: Occurrence) -> int:
    spans: Sequence[Occurrence] = candidate.occurrences
    return min(max(each.start - place.end, place.start - each.end, 0) for each in spans)
