"""Text without white space and dirt, for the first pass: what is left survives any wrapping.

Cheap tests tell which kinds of dirt a block has at all, so that a clean block
costs one `bytes.translate`. `clean` does the exact work, around hits only.
"""

from __future__ import annotations

import re
from typing import Final

from app.matching.clean import clean

_DELETE: Final = bytes(range(0x21)) + b"\x7f"
_QUOTES: Final = bytes.maketrans(b"`", b"'")
# They begin with a literal, which the regex engine skips to.
_ANSI: Final = re.compile(
    rb"\x1b(?:\[[0-?]{0,60}[ -/]{0,8}[@-~]|[\]PX^_][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)"
    rb"|[ -/]{1,4}[0-~]|[0-Z\\^-~])"
)
_ANSI_8_BIT: Final = re.compile(rb"\xc2\x9b[0-?]{0,60}[ -/]{0,8}[@-~]")
_QUOTING_SHOWS: Final = 1 << 13
_QUOTED: Final = re.compile(
    rb"\n(?: {0,4}(?:>{1,2}|\||\xe2\x94[\x82\x83]|\xe2\x95\x91)(?: |(?=\n)))+"
)
_CURLY: Final = re.compile(rb"\xe2\x80(?:[\x98-\x9b\xb2]|([\x9c-\x9f\xb3]))")
_INVISIBLE: Final = re.compile(
    rb"\xc2[\x80-\xa0\xad]|\xd8\x9c|\xe1\x9a\x80|\xe1\xa0\x8e|\xe2\x80[\x80-\x8f\xa8-\xaf]"
    rb"|\xe2\x81[\x9f-\xaf]|\xe3\x80\x80|\xef\xbb\xbf"
)


def squash(data: bytes) -> bytes:
    """UTF-8 bytes without white space, control characters and the dirt that is cheap to see."""
    plain = data.isascii()
    if b"\b" in data:
        data = clean(data.decode("utf-8", "replace")).text.encode("utf-8", "replace")
    if b"\x1b" in data:
        data = _ANSI.sub(b"", data)
    if not plain and b"\xc2\x9b" in data:
        data = _ANSI_8_BIT.sub(b"", data)
    if _is_quoted(data):
        data = _QUOTED.sub(b"\n", data)
    if not plain:
        data = _INVISIBLE.sub(b"", data)
        if b"\xe2\x80" in data:
            data = _CURLY.sub(lambda found: b'"' if found[1] else b"'", data)
    return data.translate(_QUOTES, _DELETE)


def _is_quoted(data: bytes) -> bool:
    """Whether a good part of the first lines is quoted; npm quotes single ones."""
    head = data[:_QUOTING_SHOWS]
    lines = head.count(b"\n")
    return any(4 * head.count(mark) > lines for mark in (b"\n>", b"\n|", b"\xe2\x94\x82"))


def squash_text(text: str | bytes) -> bytes:
    """The same for a clean text or the literal text of a template."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return data.translate(_QUOTES, _DELETE)
