"""The places of a reader's text that decided, with the lines around them, secrets masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.answers.matches import EvidenceAnswer
from app.matching.secrets import mask

CONTEXT_LINES: Final = 2
MOST_EXCERPTS: Final = 12
_LONGEST_LINE: Final = 400
"""Characters of a line that are shown; a minified file has lines of megabytes."""


@dataclass(frozen=True)
class ExcerptLine:
    """A line by its 1-based number, in pieces that are marked or not."""

    number: int
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Excerpt:
    """Lines that follow one another."""

    lines: tuple[ExcerptLine, ...]


def excerpts(text: str, evidence: Iterable[EvidenceAnswer]) -> list[Excerpt]:
    """Excerpts around each piece of evidence, in the order of the text, overlapping ones joined."""
    found: dict[int, ExcerptLine] = {}
    spans = sorted({(each.start, each.end, each.line) for each in evidence})[:MOST_EXCERPTS]
    for start, end, line in spans:
        for each in _lines_around(text, start, end, line):
            known = found.get(each.number)
            if known is None or not any(is_marked for _, is_marked in known.pieces):
                found[each.number] = each
    groups: list[list[ExcerptLine]] = []
    for number in sorted(found):
        if not groups or groups[-1][-1].number != number - 1:
            groups.append([])
        groups[-1].append(found[number])
    return [Excerpt(tuple(group)) for group in groups]


def _lines_around(text: str, start: int, end: int, line: int) -> Iterable[ExcerptLine]:
    begin = text.rfind("\n", 0, start) + 1
    number = line
    for _ in range(CONTEXT_LINES):
        if begin > 0:
            begin = text.rfind("\n", 0, begin - 1) + 1
            number -= 1
    after = 0
    while begin < len(text) and after <= CONTEXT_LINES:
        stop = text.find("\n", begin)
        stop = len(text) if stop < 0 else stop
        yield _line(text[begin:stop], number, max(0, start - begin), max(0, end - begin))
        after += stop >= end
        begin, number = stop + 1, number + 1


def _line(line: str, number: int, start: int, end: int) -> ExcerptLine:
    start, end = min(start, len(line)), min(end, len(line))
    masked = mask(line)
    if masked != line:
        # Where the secret lies is no longer known, so the line is marked as a whole or not at all.
        return ExcerptLine(number, ((_shortened(masked), end > start),))
    first = max(0, start - _LONGEST_LINE // 2)
    last = min(len(line), max(end, first + _LONGEST_LINE), start + _LONGEST_LINE)
    pieces = (
        (("…" if first else "") + line[first:start], False),
        (line[start : min(end, last)], True),
        (line[min(end, last) : last] + ("…" if last < len(line) else ""), False),
    )
    return ExcerptLine(number, tuple(piece for piece in pieces if piece[0]))


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…"
