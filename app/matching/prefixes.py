"""What CI systems, containers, log daemons and e-mail put before each line of a tool's output.

One line at a time, the longest run of known prefixes; nothing here knows offsets or encodings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_DATE: Final = r"\d{4}[-/]\d\d[-/]\d\d"
_TIME: Final = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_ZONE: Final = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

# The name of the group is what the reader is told was undone.
_KINDS: Final = {
    "timestamp": (
        rf"[\[(]?{_DATE}[ T]{_TIME}{_ZONE}[\])]?(?:[ \t]+|$)(?:\d\d[OE][ +])?"
        rf"|[\[(]?{_TIME}(?: [AP]M)?[\])]?:?(?:[ \t]+|$)"
        r"|\[ *\d{1,7}\.\d{6}\] "
        r"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ [\w./-]{1,80}:\d+\] "
    ),
    "syslog": (
        rf"{_MONTH} [ \d]?\d {_TIME} (?:[\w.-]{{1,64}} (?=[\w./@-]{{1,64}}(?:\[\d+\])?: ))?"
        r"|[\w./@-]{1,64}\[(?:\d+|[\w-]+\.\d+)\]: "
        r"|(?:[\w.-]{1,64} )[\w./@-]{1,64}\[\d+\]: "
    ),
    "build step": r"#\d{1,4} (?:\d{1,6}\.\d{1,3} )?|\[[\w .-]{1,60}:L\d+:\d+s\] ?",
    "container": (
        r"[A-Za-z][\w.@/-]{0,80} *\| |[A-Za-z][\w.@/-]{0,80} *\|$"
        r"|\[[\w /.-]{1,80}\] +\| "
        r"|\[pod/[\w.-]{1,120}/[\w.-]{1,80}\] "
        r"|[a-z0-9][a-z0-9-]{0,60}-[a-z0-9]{8,10}-[a-z0-9]{5} [a-z0-9-]{1,60} "
    ),
    "CI marker": (
        r"##\[[a-z]{1,20}\]|##vso\[[^\]\n]{1,200}\]|::(?:error|warning|notice|group|debug)[^:\n]{0,300}::"
        r"|section_(?:start|end):\d{1,12}:[\w.-]{1,80}(?:\[[^\]\n]{0,80}\])?"
        r"|travis_(?:fold|time):[\w:.=,-]{1,120}"
        r"|\[\d\d:\d\d:\d\d\] ?[WEiF]?: *(?:\[[^\]\n]{1,60}\] ?)?"
        r"|\[Container\] (?=\d{4}/)"
    ),
    "quoting": r" {0,4}(?:>{1,2}|[|│┃║])(?: |$)|E  (?: |$)",
}
_PREFIX: Final = re.compile(
    "|".join(f"(?P<{name.replace(' ', '_')}>{text})" for name, text in _KINDS.items())
)


def prefixes(line: str) -> Iterator[tuple[str, int]]:
    """The kind and the end of every known prefix of a line, from left to right.

    >>> list(prefixes("2024-05-01T10:00:00.0000000Z ##[error]boom"))
    [('timestamp', 29), ('CI marker', 38)]
    """
    at = 0
    while (found := _PREFIX.match(line, at)) and found.end() > at:
        at = found.end()
        yield (found.lastgroup or "").replace("_", " "), at
