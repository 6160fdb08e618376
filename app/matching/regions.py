"""The stretches of a log around hits: finding them, cleaning them, searching them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from app.matching.clean import Cleaned, clean
from app.matching.engine import Hit
from app.matching.matcher import Matcher
from app.matching.probes import Probe
from app.matching.signatures import Haystack
from app.matching.source import Source
from app.matching.squash import squash, squash_text

_PIECE: Final = 1 << 10
"""A hit of the first pass is located to this many bytes."""
_REACH: Final = 1 << 13
"""Bytes cleaned on either side of such a piece."""
_LARGEST: Final = 1 << 17
"""Bytes of a region, so that a log full of hits is not cleaned in one go."""
_WINDOW: Final = 1_500
"""Bytes searched on either side of an anchor, besides the length of the template."""
_GAP_WINDOW: Final = 3_000
"""More of them for each gap of the template."""


@dataclass(frozen=True)
class Occurrence:
    """One place where a probe stands: `start` and `end` in characters of the original.

    `clean_start` and `clean_end` are the same place in the clean text of the region.
    """

    probe: int
    start: int
    end: int
    clean_start: int
    clean_end: int
    captures: Mapping[str, str]
    region: Region = field(repr=False)

    @property
    def line(self) -> int:
        """The 1-based line of the original in which it begins."""
        first = self.region.start
        return self.region.line + self.region.cleaned.original.count("\n", 0, self.start - first)

    @property
    def is_nested_cause(self) -> bool:
        """Whether it stands right after "Caused by:"."""
        return (
            self.region.cleaned.text[: self.clean_start + 12]
            .rpartition("\n")[2]
            .startswith("Caused by:")
        )

    @property
    def shown(self) -> str:
        """The whole lines of the clean text that it stands in."""
        text = self.region.cleaned.text
        begin = text.rfind("\n", 0, self.clean_start) + 1
        end = text.find("\n", max(self.clean_end - 1, begin))
        return text[begin : end if end != -1 else len(text)]

    @property
    def text(self) -> str:
        """The original text of the place."""
        first = self.region.start
        return self.region.cleaned.original[self.start - first : self.end - first]


@dataclass(frozen=True, eq=False)
class Region:
    """A cleaned stretch of the log; `start` and `line` are those of its first character.

    `hits` gives for each probe the byte positions where the lines begin, or
    pieces of long lines, in which one of its anchors ends.
    """

    start: int
    line: int
    cleaned: Cleaned
    haystack: Haystack
    hits: Mapping[int, Sequence[int]]

    @classmethod
    def read(cls, matcher: Matcher, source: Source, start: int, end: int) -> Self:
        """Clean the bytes of a span and find the anchors in them."""
        characters, line = source.place(start)
        cleaned = clean(source.text(start, end))
        haystack = Haystack(cleaned.text)
        return cls(characters, line, cleaned, haystack, _hits(matcher, haystack.plain))

    def search(self, number: int, probe: Probe) -> Iterator[Occurrence]:
        """Every place of a probe near its anchors; anywhere if it has none."""
        template = probe.template()
        reach = _WINDOW + 2 * sum(map(len, template.literals)) + _GAP_WINDOW * template.gaps
        size = len(self.haystack.plain)
        windows = _windows(self.hits.get(number, ()), reach, size) if probe.anchors else [(0, size)]
        for start, end in windows:
            for found in template.search(self.haystack, *self._lines(start, end)):
                first, after = self.cleaned.span(found.start, found.end)
                span = self.start + first, self.start + after
                yield Occurrence(number, *span, found.start, found.end, found.captures, self)

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        """A span of bytes grown to whole lines, as far as those are not endless."""
        data = self.haystack.plain
        first = data.rfind(b"\n", max(0, start - _WINDOW), start) + 1 if start else 0
        last = data.find(b"\n", end, end + _WINDOW)
        return first or _character(data, start), last if last != -1 else _character(data, end)


def _character(data: bytes, position: int) -> int:
    """The start of the UTF-8 character at a position."""
    position = min(position, len(data))
    while 0 < position < len(data) and data[position] & 0xC0 == 0x80:
        position -= 1
    return position


def _windows(anchors: Sequence[int], reach: int, size: int) -> list[tuple[int, int]]:
    """The spans around the anchors, merged where they touch."""
    spans: list[tuple[int, int]] = []
    for at in anchors:
        start, end = max(0, at - reach), min(size, at + _PIECE + reach)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _hits(matcher: Matcher, data: bytes) -> dict[int, list[int]]:
    """By probe, the line starts of a clean text where its anchors end."""
    found = matcher.engine.scan(squash_text(data))
    if not found:
        return {}
    lengths, starts, squashed = [], [], 0
    for start, end in _pieces(data):
        lengths.append(squashed)
        starts.append(start)
        squashed += len(squash_text(data[start:end]))
    hits: dict[int, list[int]] = {}
    for anchor, end in found:
        place = starts[bisect_right(lengths, end - 1) - 1]
        for probe in matcher.anchor_probes[anchor]:
            hits.setdefault(probe, []).append(place)
    return {probe: sorted(set(places)) for probe, places in hits.items()}


def _pieces(data: bytes) -> Iterator[tuple[int, int]]:
    """The lines of a text, long ones cut up."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at, at + _PIECE) + 1 or min(at + _PIECE, len(data))
        yield at, end
        at = end


def locate(
    source: Source, start: int, end: int, hits: Iterable[Hit]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """The anchors found in one squashed block with the bytes where they stand, to a piece."""
    pieces = list(source.cuts(start, end, _PIECE))
    lengths, length = [], 0
    for piece in pieces:
        lengths.append(length)
        length += len(squash(source.utf8(*piece)))
    for anchor, place in {(anchor, bisect_right(lengths, at - 1) - 1) for anchor, at in hits}:
        yield anchor, pieces[place]


def spans_around(source: Source, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What to clean around the located hits: merged, in order, and none too large."""
    around: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        start = source.line_before(
            max(first - _REACH, source.begin), max(first - 2 * _REACH, source.begin)
        )
        end = source.line_start(min(last + _REACH, len(source)), len(source))
        if around and start <= around[-1][1] and end - around[-1][0] <= _LARGEST:
            around[-1] = (around[-1][0], max(end, around[-1][1]))
        elif not around or end > around[-1][1]:
            around.append((start, end))
    return around
