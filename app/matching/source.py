"""A log as bytes, read in blocks, so that a big one is never copied whole.

The buffer may be a `bytes` or an `mmap`. Blocks end at line ends where there
are any; evidence is given as line number and character offset of the decoded
text, which is only counted up to where something was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.matching.encoding import Buffer, detect

BLOCK: Final = 1 << 18
"""Bytes scanned at once: small enough for the processor's cache."""
OVERLAP: Final = 1 << 11
"""Bytes of the last block seen again, for what lies across the border."""
_NEWLINES: Final = {
    "utf-16-le": b"\n\0",
    "utf-16-be": b"\0\n",
    "utf-32-le": b"\n\0\0\0",
    "utf-32-be": b"\0\0\0\n",
}


class Source:
    """One log. Positions are byte offsets in the buffer unless they say characters."""

    def __init__(self, data: Buffer | str) -> None:
        """Raises UnreadableInput when the bytes are not text."""
        if isinstance(data, str):
            # A lone surrogate becomes one "?", so that character offsets stay true.
            self._data: Buffer = data.encode("utf-8", "replace")
            self.encoding, self.begin = "utf-8", 0
        else:
            self._data = data
            self.encoding, self.begin = detect(data)
        self._newline = _NEWLINES.get(self.encoding, b"\n")
        self._counted = (self.begin, 0, 1)

    def __len__(self) -> int:
        return len(self._data)

    def text(self, start: int, end: int) -> str:
        """The decoded text of a span; garbage becomes U+FFFD."""
        return bytes(self._data[start:end]).decode(self.encoding, "replace")

    def utf8(self, start: int, end: int) -> bytes:
        """The same as UTF-8 bytes; not decoded at all when they are UTF-8 already."""
        if self.encoding == "utf-8":
            return bytes(self._data[start:end])
        return self.text(start, end).encode("utf-8", "replace")

    def blocks(self, size: int = BLOCK) -> Iterator[tuple[int, int]]:
        """Spans that cover the log, each beginning a little before the end of the last."""
        return self.cuts(self.begin, len(self._data), size, OVERLAP)

    def cuts(self, start: int, end: int, size: int, overlap: int = 0) -> Iterator[tuple[int, int]]:
        """A span cut in pieces of about `size` bytes, at line ends where there are any."""
        at = start
        while at < end:
            stop = self.line_start(at + size, end) if at + size < end else end
            yield (self.boundary(max(start, at - overlap)), stop)
            at = stop

    def line_start(self, position: int, limit: int) -> int:
        """The first line start at or after a position, or where a long line can be cut."""
        newline, width = self._newline, len(self._newline)
        at = max(position - width, 0)
        last = min(position + BLOCK // 4, limit)
        while (at := self._data.find(newline, at, last)) != -1:
            if (at - self.begin) % width == 0:
                return at + width
            at += 1
        return self.boundary(min(position, limit))

    def line_before(self, position: int, limit: int) -> int:
        """The last line start at or before a position, not before `limit`."""
        newline, width = self._newline, len(self._newline)
        at = position
        while (at := self._data.rfind(newline, limit, at)) != -1:
            if (at - self.begin) % width == 0:
                return at + width
            at += width - 1
        return self.boundary(max(limit, self.begin))

    def boundary(self, position: int) -> int:
        """The nearest character boundary at or before a position."""
        position = min(position, len(self._data))
        width = len(self._newline)
        if width > 1:
            return position - (position - self.begin) % width
        for _ in range(3):
            if self.begin < position < len(self._data) and self._data[position] & 0xC0 == 0x80:
                position -= 1
        return position

    def place(self, position: int) -> tuple[int, int]:
        """Characters and 1-based line number at a position; ask in rising order: it counts on."""
        at, characters, line = self._counted
        if position < at:
            at, characters, line = self.begin, 0, 1
        for start, end in self.cuts(at, position, BLOCK):
            piece = bytes(self._data[start:end])
            if self.encoding == "utf-8" and piece.isascii():
                characters += len(piece)
                line += piece.count(b"\n")
            else:
                text = piece.decode(self.encoding, "replace")
                characters += len(text)
                line += text.count("\n")
        self._counted = (position, characters, line)
        return characters, line
