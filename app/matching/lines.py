"""The likeliest error line of a log in which nothing known was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import re2

from app.matching.answer import ErrorLine
from app.matching.clean import clean
from app.matching.secrets import mask
from app.matching.source import Source

_WINDOW: Final = 1 << 16
"""Bytes read at either end of a large log: causes stand early, or just before the end."""
_LONGEST: Final = 500
_MOST_LINES: Final = 150
"""Lines weighed, the first of a log and the last: if all say "error", more do not help."""

_CLUE: Final = re2.compile(
    rb"(?i)error|fatal|panic|exception|fail|err!|\bE:|caused by|fault"
    rb"|interrupt|core dumped|killed|oom|denied"
    rb"|no such|not found|can(?:no|')t|could not|unable to|refused|time[ds]? ?out|undefined"
    rb"|unresolved|undeclared|critical|invalid|unexpected|out of memory"
    rb"|\xe9\x94\x99\xe8\xaf\xaf|\xe5\xa4\xb1\xe8\xb4\xa5|\xe6\x97\xa0\xe6\xb3\x95|\xe6\x89\xbe\xe4\xb8\x8d\xe5\x88\xb0"
)
"""What `_KINDS` could say anything about, in bytes; the Chinese words are those of `_KINDS`."""

_WRAPPER: Final = re.compile(
    r"(?i)process completed with exit code|exited with (?:code|status)|exit (?:code|status):? \d"
    r"|returned (?:a )?non-zero|command failed|cleaning up project|job failed|build failed"
    r"|^make(?:\[\d+\])?: \*\*\* |^script returned exit code|lifecycle script"
    r"|complete log of this run"
    r"|post job cleanup|error: process \""
    r"|^\W*(?:\d+ )?(?:errors?|warnings?|failed|failures?)\W*\d*\W*$"
    r"|\b0 (?:errors?|failed|failures)|continue-on-error|see .*log|for more (?:information|details)"
)
_KINDS: Final = (
    (
        9.0,
        re.compile(r"^\W*(?:fatal|panic|critical)\b(?: error)?:|^Caused by:|^\w*(?:panicked at)"),
    ),
    (
        8.0,
        re.compile(
            r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Fault|Interrupt)\b(?::|$)|\berror\[\w+\]:"
        ),
    ),
    (8.0, re.compile(r"(?i)(?:^|[\s:\])])(?:fatal )?error(?: ?[A-Z]{1,6}\d{2,6})?\s?:|错误[:：]")),
    (7.0, re.compile(r"^\W*(?:ERROR|FATAL|ERR!|E:)\b|\bnpm ERR!|\bnpm error")),
    (
        6.0,
        re.compile(
            r"(?i)segmentation fault|core dumped|out of memory|killed\b|oom|permission denied|"
            r"no such file|not found|cannot |can't |could not |unable to |refused|timed? ?out|"
            r"undefined reference|unresolved|undeclared|denied|失败|无法|找不到|未找到"
        ),
    ),
    (
        4.0,
        re.compile(
            r"(?i)\berror\b|\bfailed\b|\bfailure\b|\bfailing\b|\bexception\b|\binvalid\b|\bunexpected\b|错误"
        ),
    ),
)
_HARMLESS: Final = re.compile(
    r"(?i)\bwarn(?:ing)?\b|\bdeprecated\b|\bdebug\b|\bignored\b"
    r"|-Werror|error\.\w{1,3}\b|errors?=0|\bno errors?\b"
)
_EMPTY: Final = re.compile(r"^\W*(?:[A-Za-z]+\W+){1,2}$")
"""One or two words, as in "ERROR: Exception:": what went wrong stands elsewhere."""
_FRAME: Final = re.compile(r"^\s+at |^\s*File \"|^\s*\d+: |^Traceback ")


def likeliest_error(source: Source) -> ErrorLine | None:
    """The line that says most about what went wrong, or None if no line speaks of an error.

    Lines of CI wrappers such as "Process completed with exit code 1" only count
    when there is nothing else. Of equals the first wins, as consequences come later.
    """
    best, number, text = 0.0, 0, ""
    for first, last in _ends(source):
        data = source.utf8(first, last)
        spans = list(_lines(data))
        for start, end in spans[:_MOST_LINES] if first == source.begin else spans[-_MOST_LINES:]:
            line = clean(data[start:end].decode("utf-8", "replace")).text.strip()
            weight = _weight(line)
            if weight > best:
                best, text = weight, line
                number = source.place(first)[1] + data.count(b"\n", 0, start)
    return ErrorLine(number, mask(text[:_LONGEST])) if best else None


def _ends(source: Source) -> list[tuple[int, int]]:
    """The spans that are read: all of a small log, both ends of a large one."""
    size = len(source)
    if size <= 2 * _WINDOW:
        return [(source.begin, size)]
    return [
        (source.begin, source.line_start(_WINDOW, size)),
        (source.line_start(size - _WINDOW, size), size),
    ]


def _lines(data: bytes) -> Iterator[tuple[int, int]]:
    """The lines of UTF-8 text that may speak of an error."""
    at = 0
    while found := _CLUE.search(data, at):
        start = max(data.rfind(b"\n", 0, found.start()) + 1, found.start() - _LONGEST)
        end = data.find(b"\n", found.end(), found.end() + _LONGEST)
        end = end if end != -1 else min(found.end() + _LONGEST, len(data))
        yield start, end
        at = end


def _weight(line: str) -> float:
    if not line.strip() or len(line) > 20_000:
        return 0.0
    head = line[:2_000]
    weight = next((weight for weight, kind in _KINDS if kind.search(head)), 0.0)
    if not weight:
        return 0.0
    if _WRAPPER.search(head):
        return weight / 10
    if _HARMLESS.search(head) or _EMPTY.search(head):
        weight /= 3
    return weight / 4 if _FRAME.search(head) else weight
