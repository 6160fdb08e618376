"""A log as it was pasted to the text that the tool printed, with the way back kept.

Undone are colours and other terminal codes, redraws, backspaces, look-alike
quotes and spaces, invisible characters, what CI puts before each line, quoting,
padding. Every edit deletes characters or swaps one for one, so that any place
of the clean text is a place of the original. Hard wraps are left to `wraps`,
bytes to `encoding`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.matching.prefixes import prefixes

_QUOTES: Final = {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"')}
_SPACES: Final = "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_SWAPS: Final = str.maketrans(
    {
        **_QUOTES,
        **dict.fromkeys(_SPACES + "\u202f\u205f\u3000\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029", " "),
    }
)
_SWAPPED: Final = {
    "curly quotes": re.compile(f"[{''.join(_QUOTES)}]"),
    "odd spaces": re.compile(f"[{_SPACES}\u202f\u205f\u3000]"),
}

# ECMA-48: CSI, then the strings OSC, DCS, APC, PM, SOS (ended by BEL or ST), then short escapes.
_ANSI: Final = (
    r"(?:\x1b\[|\x9b)[0-?]{0,60}[ -/]{0,8}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]{0,2000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{1,4}[0-~]|\x1b[0-Z\\^-~]"
)
_INVISIBLE: Final = r"[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
_CONTROL: Final = r"[\x00-\x07\x0e-\x1b\x7f-\x9f]"
_DELETED: Final = re.compile(
    f"(?P<colours>{_ANSI})|(?P<invisible>{_INVISIBLE}+)|(?P<control>{_CONTROL}+)"
)
_NAMES: Final = {
    "colours": "terminal codes",
    "invisible": "invisible characters",
    "control": "control characters",
}
# A log inside JSON or inside a quoted string, as Ansible and many loggers print it.
_QUOTED_LOG: Final = re.compile(r"""["']: ?[bu]?["']|[=(][bu]?["']""")
_ESCAPED_BREAK: Final = re.compile(r"(?<!\\)\\n")
_ESCAPE: Final = re.compile(r"(?<!\\)\\(?:[nrt\"'])")
_UNESCAPED: Final = {"\\n": "\0\n", "\\r": "\0\0", "\\t": "\0\t", '\\"': '\0"', "\\'": "\0'"}
_NULS: Final = re.compile("\0+")
_LINE_END: Final = re.compile(r"\r+(?=\n|\Z)")
_BOX_END: Final = re.compile(r"[ \t]+[│┃║]$")


class OffsetMap:
    """Where each character of a text with deletions stood before them."""

    def __init__(self, deleted: Iterable[tuple[int, int]]) -> None:
        """`deleted` are the spans taken out, sorted and apart."""
        self._starts, self._shifts, shift = [-1], [0], 0
        for start, end in deleted:
            self._starts.append(start - shift)
            shift += end - start
            self._shifts.append(shift)

    def before(self, position: int) -> int:
        """The place before the deletions of the character now at `position`."""
        return position + self._shifts[bisect_right(self._starts, position) - 1]


@dataclass(frozen=True)
class Cleaned:
    """The clean text, the original it came from, and how often each kind of dirt was undone."""

    text: str
    original: str
    undone: Mapping[str, int]
    maps: tuple[OffsetMap, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of the clean text came from.

        It begins at the first and ends after the last character of the span, so
        dirt inside is included and dirt around is not.
        """
        if start >= end:
            place = self._origin(start) if start < len(self.text) else len(self.original)
            return place, place
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, position: int) -> int:
        for step in reversed(self.maps):
            position = step.before(position)
        return position


def clean(text: str) -> Cleaned:
    """Undo what stands between the tool's output and the paste. Takes any text; linear time.

    Cleaning a clean text changes nothing.
    """
    undone: Counter[str] = Counter()
    maps: list[OffsetMap] = []
    current = _swap(text, undone)
    for find in (_invisible, _overstruck, _carriage_returns, _escapes, _around_lines):
        if find is _escapes and "\\n" in current:
            current = _unescape(current, undone)
        if deleted := find(current, undone):
            current = _without(current, deleted)
            maps.append(OffsetMap(deleted))
        if find is _carriage_returns and "\r" in current:
            undone["redraws"] += current.count("\r")
            current = current.replace("\r", "\n")
    return Cleaned(current, text, undone, tuple(maps))


def _swap(text: str, undone: Counter[str]) -> str:
    swapped = text.translate(_SWAPS) if not text.isascii() or not text.isprintable() else text
    if swapped != text:
        for kind, pattern in _SWAPPED.items():
            if found := len(pattern.findall(text)):
                undone[kind] += found
    return swapped


def _without(text: str, deleted: list[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in deleted:
        kept.append(text[at:start])
        at = end
    kept.append(text[at:])
    return "".join(kept)


def _invisible(text: str, undone: Counter[str]) -> list[tuple[int, int]]:
    deleted = []
    for found in _DELETED.finditer(text):
        undone[_NAMES[found.lastgroup or ""]] += 1
        deleted.append(found.span())
    return deleted


def _overstruck(text: str, undone: Counter[str]) -> list[tuple[int, int]]:
    """Each backspace takes the character before it on the line along."""
    if "\b" not in text:
        return []
    gone: list[int] = []
    standing: list[int] = []
    for at, character in enumerate(text):
        if character == "\b":
            gone.append(at)
            if standing:
                gone.append(standing.pop())
            undone["backspaces"] += 1
        elif character in "\n\r":
            standing.clear()
        else:
            standing.append(at)
    return [(at, at + 1) for at in sorted(gone)]


def _carriage_returns(text: str, undone: Counter[str]) -> list[tuple[int, int]]:
    """Those before a line feed. The others are redraws, and become line breaks in `clean`."""
    if "\r" not in text:
        return []
    deleted = [found.span() for found in _LINE_END.finditer(text)]
    if deleted:
        undone["carriage returns"] += len(deleted)
    return deleted


def _unescape(text: str, undone: Counter[str]) -> str:
    """Escapes become what they stand for behind a NUL, so that no place changes."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        breaks = len(_ESCAPED_BREAK.findall(line)) if "\\n" in line else 0
        if breaks > 1 and _QUOTED_LOG.search(line):
            undone["escaped line breaks"] += breaks
            lines[number] = _ESCAPE.sub(lambda escape: _UNESCAPED[escape[0]], line)
    return "\n".join(lines)


def _escapes(text: str, _undone: Counter[str]) -> list[tuple[int, int]]:
    """The NULs of `_unescape`; there are no others left."""
    return [found.span() for found in _NULS.finditer(text)] if "\0" in text else []


def _around_lines(text: str, undone: Counter[str]) -> list[tuple[int, int]]:
    deleted: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        kept = 0
        for kind, end in prefixes(line.rstrip()):
            undone[kind] += 1
            kept = end
        tail = max(kept, _content_end(line, kind_quoted=kept > 0))
        if kept:
            deleted.append((start, start + kept))
        if tail < len(line):
            undone["padding"] += 1
            deleted.append((start + tail, start + len(line)))
        start += len(line) + 1
    return deleted


def _content_end(line: str, kind_quoted: bool) -> int:
    """Where a line ends without trailing white space and, when quoted, the side of its box."""
    end = len(line.rstrip())
    while kind_quoted and (side := _BOX_END.search(line, 0, end)):
        end = len(line[: side.start()].rstrip())
    return end
