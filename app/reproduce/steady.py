"""Printed output without what differs from run to run, so that evidence can be compared."""

import re
from typing import Final

from app.matching import mask

_CHANGING: Final = (
    (re.compile(r"(/tmp/pip-[a-z]+(?:-[a-z]+)*-)[a-z0-9_]{8}\b"), r"\1xxxxxxxx"),
    (re.compile(r"(/tmp/tmp)[a-z0-9_]{8}\b"), r"\1xxxxxxxx"),
    (re.compile(r"(/tmp/cc)[A-Za-z0-9]{6}(?=\.[a-z])"), r"\1xxxxxx"),
    (re.compile(r"(_logs/)\d{4}-\d\d-\d\dT[\d_]+Z(?=-debug)"), r"\g<1>2026-01-01T00_00_00_000Z"),
    (re.compile(r"\(node:\d+\)"), "(node:10)"),
    (
        re.compile(r"\b([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ "),
        r"\g<1>0101 00:00:00.000000      10 ",
    ),
    (re.compile(r"^\[\d+:0x[0-9a-f]+\] +\d+ ms:", re.MULTILINE), "[10:0x7f000000]     1000 ms:"),
    (re.compile(r"( at 0x)[0-9a-f]{6,16}\b"), r"\g<1>7f0000000000"),
    (re.compile(r"\b\d+(?:\.\d+)? ([kMG]?B/s)"), r"1.0 \1"),
    (re.compile(r"\b(in|after) \d+\.\d+ ?(s|seconds)\b"), r"\1 1.0\2"),
    (re.compile(r"\b(in) \d+(?:\.\d+)?( ?)ms\b"), r"\1 1\2ms"),
    (re.compile(r"\beta (?:-:--:--|\d+:\d\d:\d\d)"), "eta 0:00:01"),
)
"""Names of temporary files, processes, addresses in memory, speeds and times: fixed words."""

MAX_LINES: Final = 120
"""Longer outputs keep their beginning and their end, where the message stands."""

MAX_LINE: Final = 2_000
"""Characters of a line that are kept: minified sources come in one of a million."""


def steady_lines(output: bytes, home: str | None = None) -> tuple[str, ...]:
    """The lines of an output with fixed words in place of what changes, secrets masked.

    `home` is a folder that stood for `/home/dev` where no sandbox was used.
    """
    text = mask(output.decode("utf-8", "replace").replace("\0", ""))
    if home:
        text = text.replace(home, "/home/dev")
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    lines = [line if len(line) <= MAX_LINE else line[:MAX_LINE] + "[…]" for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > MAX_LINES:
        left_out = len(lines) - MAX_LINES
        half = MAX_LINES // 2
        lines = [*lines[:half], f"[{left_out} lines left out]", *lines[-half:]]
    return tuple(lines)
