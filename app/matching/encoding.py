"""Bytes to text: which encoding a pasted or uploaded log is in, and whether it is text at all.

Tolerant of lone garbage, which becomes U+FFFD; what is plainly not text is refused.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from typing import Final

from app.errors import UnreadableInput

Buffer = bytes | bytearray | mmap.mmap
"""What a log may be held in; a mapped file is never read whole."""

_SAMPLE: Final = 1 << 16
"""Bytes looked at on either end of the input to tell the encoding."""

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_MAGIC: Final = {
    b"\x7fELF": "an ELF program",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"PK\x03\x04": "a zip archive (or a wheel, jar or Office file)",
    b"\x1f\x8b": "gzip data",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"%PDF-": "a PDF",
    b"SQLite format 3\x00": "an SQLite database",
    b"\xca\xfe\xba\xbe": "a Java class or Mach-O program",
    b"MZ\x90\x00": "a Windows program",
}
_ODD: Final = bytes(sorted({*range(0x20), 0x7F} - {*b"\0\t\n\r\b\f\v\x07\x1b"}))
_MULTIBYTE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_MOST_ODD: Final = 0.05
"""Share of control characters that no log has; one byte in ten of random data is one."""
_HIGH_BYTE: Final = re.compile(rb"[\x80-\xff]")
_HIGH: Final = bytes(range(0x80, 0x100))
_PLAUSIBLE: Final = re.compile(
    r"[\t\n\r\x1b -~\xa0-\u04ff\u2000-\u27bf\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]"
)
_COMMON_GB: Final = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
"""Chinese punctuation and the characters of everyday text in GB 2312."""


@dataclass(frozen=True)
class Decoded:
    """The reader's text, and the encoding it was in (a Python codec name)."""

    text: str
    encoding: str


def decode(data: Buffer) -> Decoded:
    """Decode a whole log. Raises UnreadableInput when it is not text."""
    encoding, skip = detect(data)
    return Decoded(bytes(data[skip:]).decode(encoding, "replace"), encoding)


def detect(data: Buffer) -> tuple[str, int]:
    """The codec name of a log and the length of its byte order mark.

    Both ends are looked at, and the first stretch beyond ASCII in between.
    Raises UnreadableInput for what is not text.
    """
    head, tail = bytes(data[:_SAMPLE]), bytes(data[-_SAMPLE:]) if len(data) > _SAMPLE else b""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, len(bom)
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise UnreadableInput(what)
    if wide := _utf16(head):
        return wide, 0
    sample = (head + b"\n" + tail).replace(b"\0", b"")
    if len(sample.translate(None, _ODD)) < (1 - _MOST_ODD) * len(sample):
        raise UnreadableInput("binary data")
    return _narrow(_beyond_ascii(data) if sample.isascii() else sample), 0


def _beyond_ascii(data: Buffer) -> bytes:
    """A stretch that begins with the first character beyond ASCII; empty if there is none."""
    for start in range(0, len(data), _SAMPLE):
        piece = bytes(data[start : start + _SAMPLE])
        if not piece.isascii():
            first = start + len(piece[: _HIGH_BYTE.search(piece).start()])  # type: ignore[union-attr]
            return bytes(data[first : first + _SAMPLE])
    return b""


def _utf16(sample: bytes) -> str:
    """UTF-16 without a mark: NULs beside the ASCII characters, and all characters plausible."""
    if b"\0" not in sample:
        return ""
    sample = sample[: len(sample) & ~1]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    high, encoding = (odd, "utf-16-le") if odd > even else (even, "utf-16-be")
    if high < 4 * min(even, odd) + 1 or high < 0.03 * len(sample) / 2:
        return ""
    text = sample.decode(encoding, "replace")
    return encoding if len(_PLAUSIBLE.findall(text)) >= 0.9 * len(text) else ""


def _narrow(sample: bytes) -> str:
    if sample.isascii():
        return "utf-8"
    rest = _MULTIBYTE.sub(b"", sample)
    wrong = len(rest) - len(rest.translate(None, _HIGH))
    right = len(_MULTIBYTE.findall(sample))
    if wrong <= 1 or right >= wrong:
        return "utf-8"
    common = 2 * len(_COMMON_GB.findall(sample))
    mostly_high = wrong > 0.3 * len(sample)
    if (common >= 0.6 * wrong or mostly_high) and _is_gb18030(sample):
        return "gb18030"
    if mostly_high:
        raise UnreadableInput("binary data")
    return "utf-8"


def _is_gb18030(sample: bytes) -> bool:
    text = sample.decode("gb18030", "replace")
    return text.count("\ufffd") <= 0.02 * len(text) + 1
