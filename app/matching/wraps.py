"""Which line breaks of a clean text were put there by a terminal and not by the tool.

A terminal breaks at its own width, in the middle of words; what it broke is
longer than the line. Nothing says so for certain, so breaks are only marked.
"""

from __future__ import annotations

import unicodedata
from typing import Final

SURE: Final = "\v"
"""Stands for a break at a width that several lines share: text runs on over it."""
MAYBE: Final = "\f"
"""Stands for a break after the longest line around: text may run on over it."""

_NARROWEST: Final = 30
_NEAR: Final = 3
_AROUND: Final = 12
"""Lines on either side among which a wrapped line is the longest: a little, and surely."""
_BEGINNING: Final = 6
_USUAL: Final = frozenset((72, 76, 78, 79, 80, 100, 117, 119, 120, 132, 160))


def mark_wraps(text: str) -> str:
    """The clean text with every hard wrap's line feed swapped for SURE or MAYBE, same length."""
    lines = text.split("\n")
    widths = [_width(line) for line in lines]
    out: list[str] = []
    for number, line in enumerate(lines[:-1]):
        out.append(line)
        out.append(_break(lines, widths, number))
    out.append(lines[-1])
    return "".join(out)


def _width(line: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    if line.isascii():
        return len(line)
    return len(line) + sum(unicodedata.east_asian_width(each) in "WF" for each in line)


def _break(lines: list[str], widths: list[int], number: int) -> str:
    width, following = widths[number], lines[number + 1]
    if width < _NARROWEST or not following:
        return "\n"
    near = widths[max(0, number - _NEAR) : number + _NEAR + 1]
    if width < max(near) - 1:
        return MAYBE if width in _USUAL else "\n"
    around = widths[max(0, number - _AROUND) : number + _AROUND + 1]
    shared = around.count(width) > 1 or width in _USUAL
    # Two messages of the same kind are often equally long, too; they begin alike.
    alike = lines[number][:_BEGINNING] == following[:_BEGINNING]
    if shared and width == max(around) and not alike and not following[0].isspace():
        return SURE
    return MAYBE
