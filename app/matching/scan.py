"""One log against all probes: the anchors of all in one pass, then each hit verified.

Only the neighbourhood of a hit is cleaned and searched, so the time is that of
the first pass unless the log is full of hits, and linear in any case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.matching.matcher import Matcher
from app.matching.regions import Occurrence, Region, locate, spans_around
from app.matching.source import Source
from app.matching.squash import squash

SMALL: Final = 1 << 16
"""Bytes up to which the whole text is one region: then the first pass cannot miss anything."""
MOST_KEPT: Final = 20
"""Places of one probe that are kept as evidence; the others are only counted."""
MOST_COUNTED: Final = 1_000
"""Places of one probe that are counted before it is no longer looked for."""
_MOST_CONTEXT_BLOCKS: Final = 8
"""Blocks where a signal or a required text is looked for, away from the evidence."""

Span = tuple[int, int]


@dataclass
class Scan:
    """What was found in one log: occurrences by probe, and how many there were at least."""

    matcher: Matcher
    source: Source
    found: dict[int, list[Occurrence]] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    undone: Counter[str] = field(default_factory=Counter)
    regions: list[Region] = field(default_factory=list)
    hits: dict[int, list[Span]] = field(default_factory=dict)
    """By probe, the bytes of the log where one of its anchors stands, roughly."""

    def has(self, probe: int) -> bool:
        """Whether the probe stands anywhere in the log."""
        return bool(self.found.get(probe))


def scan(matcher: Matcher, source: Source) -> Scan:
    """Find every signature of the matcher. What only gives context is left to `look_for`."""
    result = Scan(matcher, source)
    if len(source) <= SMALL:
        _add_region(result, source.begin, len(source))
    else:
        _first_pass(result)
        identifying = matcher.identifying
        spans = [span for probe, at in result.hits.items() if probe in identifying for span in at]
        for start, end in spans_around(source, spans):
            _add_region(result, start, end)
    for region in result.regions:
        for probe in region.hits:
            if probe in matcher.identifying:
                _search(result, region, probe)
    return result


def look_for(result: Scan, probes: Iterable[int]) -> None:
    """Search for more probes: where evidence stands already, then where their anchors were hit."""
    wanted = sorted(set(probes) - result.matcher.identifying - set(result.found))
    for probe in wanted:
        result.found.setdefault(probe, [])
        for region in result.regions:
            _search(result, region, probe)
    missing = [probe for probe in wanted if not result.found[probe] and probe in result.hits]
    spans = [span for probe in missing for span in result.hits[probe][:_MOST_CONTEXT_BLOCKS]]
    for start, end in spans_around(result.source, spans):
        region = _add_region(result, start, end)
        for probe in missing:
            _search(result, region, probe)


def _first_pass(result: Scan) -> None:
    matcher, source = result.matcher, result.source
    for start, end in source.blocks():
        hits = matcher.engine.scan(squash(source.utf8(start, end)))
        if hits:
            for anchor, span in locate(source, start, end, hits):
                for probe in matcher.anchor_probes[anchor]:
                    result.hits.setdefault(probe, []).append(span)


def _add_region(result: Scan, start: int, end: int) -> Region:
    region = Region.read(result.matcher, result.source, start, end)
    result.regions.append(region)
    result.undone.update(region.cleaned.undone)
    return region


def _search(result: Scan, region: Region, probe: int) -> None:
    kept = result.found.setdefault(probe, [])
    if result.counts[probe] >= MOST_COUNTED:
        return
    for occurrence in region.search(probe, result.matcher.probes[probe]):
        # Regions may overlap; they come in the order of the log.
        if kept and occurrence.start <= kept[-1].start and occurrence.region is not kept[-1].region:
            continue
        result.counts[probe] += 1
        if len(kept) < MOST_KEPT:
            kept.append(occurrence)
        if result.counts[probe] >= MOST_COUNTED:
            return
