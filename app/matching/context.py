"""What stands around a match: a real error, a warning, or an error that was dealt with."""

from __future__ import annotations

import re
from typing import Final

from app.matching.clean import clean
from app.matching.regions import Occurrence
from app.matching.source import Source

_ERROR_BITS: Final = 6.0
_WARNING_BITS: Final = -8.0
_HARMLESS_BITS: Final = -60.0
_HANDLED_BITS: Final = -55.0
_MOST_IN_SUCCESS: Final = 10.0
"""Score of whatever was found well before the end of a log that ends in success."""

_ERROR: Final = re.compile(
    r"(?i)\b(?:errors?|err!|fatal|failed|failure|exception|panic(?:ked)?|critical|abort(?:ed|ing)?)\b"
    r"|错误|失败|致命"
)
_WARNING: Final = re.compile(r"(?i)\b(?:warn(?:ing)?|deprecat\w+|notice)\b|警告")
# A test that passed, a line for debugging, a comment in a listing.
_HARMLESS: Final = re.compile(
    r"(?:^|\s)(?:PASS(?:ED)?|SKIP(?:PED)?|XFAIL|XPASS|ok|OKAY|DEBUG|TRACE)(?:[\s:\]\[]|$)"
    r"|^\s*[✓✔√]|\.\.\. ok$|(?:^|: )debug\d?[: ]|\blevel=(?:debug|trace|info)\b"
    r"|\((?:ignored|expected|non-fatal)\)"
)
_HANDLED: Final = re.compile(
    r"(?i)^\W*(?:caught|handled|ignor(?:ed|ing)|tolerated|skipp(?:ed|ing)"
    r"|fall(?:ing|s)? back|fell back)\b"
    r"|\b(?:is|are|was|being) ignored\b|\bfalling back to\b|\bthe default\b.{0,40}\bis used\b"
    r"|: skipped$|\(ignored\)|\boptional\b.{0,60}\bskipp"
)
_SUCCESS: Final = re.compile(
    r"\b\d+ passed\b|\bExit status 0\b|\bexit(?:ed with)?(?: code| status)?:? 0\b|^Job succeeded"
    r"|\bBUILD SUCCESS(?:FUL)?\b|^Successfully (?:installed|built|tagged|uninstalled)\b"
    r"|^OK(?: \(.*\))?$"
    r"|(?i:\bcompleted successfully\b|\ball checks passed\b|^all tests passed)|\b0 failed\b"
    r"|^Finished .* (?:profile|target)|\bfound 0 (?:vulnerabilities|errors)"
    r"|^Success: no issues found"
    r"|^Done in \d"
)
_FAILURE: Final = re.compile(
    r"(?i)\b(?!0 )\d+ (?:failed|errors?|failures)\b|\berror:|\bfatal:|(?<!\b0 )\bfailed\b(?!=0)"
    r"|exit(?:ed with)? code [1-9]"
)

_NEXT_LINES: Final = 2
_TAIL: Final = 1_500
"""Characters at the end of a log in which its verdict stands."""
_TAIL_LINES: Final = 4


def context_bits(occurrence: Occurrence) -> float:
    """Bits to add for the line of a match and the lines after it."""
    text = occurrence.region.cleaned.text
    begin = max(text.rfind("\n", 0, occurrence.clean_start) + 1, occurrence.clean_start - 300)
    end = text.find("\n", max(occurrence.clean_end - 1, begin))
    end = end if end != -1 else len(text)
    line = text[begin : min(end, begin + 1_000)]
    after = text[end + 1 : end + 600].split("\n")[:_NEXT_LINES]
    if _HARMLESS.search(line):
        return _HARMLESS_BITS
    if any(_HANDLED.search(each) for each in (line, *after)):
        return _HANDLED_BITS
    if _ERROR.search(line):
        return _ERROR_BITS
    return _WARNING_BITS if _WARNING.search(line) else 0.0


class Verdict:
    """Whether a log ends in success, and from where on that is said."""

    def __init__(self, source: Source) -> None:
        start = source.line_start(max(source.begin, len(source) - _TAIL), len(source))
        start = start if start < len(source) else source.begin
        self._start = source.place(start)[0]
        lines = [
            line for line in clean(source.text(start, len(source))).text.split("\n") if line.strip()
        ]
        last = lines[-_TAIL_LINES:]
        self.success = any(map(_SUCCESS.search, last)) and not any(map(_FAILURE.search, last))

    def limit(self, score: float, occurrence: Occurrence) -> float:
        """The score of a match, low if it was found well before a success."""
        if self.success and occurrence.start < self._start:
            return min(score, _MOST_IN_SUCCESS)
        return score
