"""Finding thousands of byte strings in one pass: Hyperscan, or Aho-Corasick where it is missing.

Which engine and why: docs/decisions/0002-matching-engine.md.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Final, Protocol

import ahocorasick_rs

try:
    import hyperscan
except ImportError:  # no wheel for this processor or system
    hyperscan = None  # type: ignore[assignment]

Hit = tuple[int, int]
"""The number of an anchor and the offset just after it."""


class EngineError(ValueError):
    """Stored bytes cannot be used by this engine, its version or this processor."""


class Engine(Protocol):
    """All anchors compiled. An anchor's number is its place in the sequence it was built from."""

    @property
    def label(self) -> str:
        """Name and version; stored bytes are only good for the same label."""

    def scan(self, data: bytes) -> list[Hit]:
        """Every place of every anchor; safe in several threads at once."""

    def dump(self) -> bytes:
        """The compiled form."""


class Hyperscan:
    """The fast engine: above 1 GB/s; its compiled form is stored."""

    def __init__(self, database: hyperscan.Database) -> None:
        self._database = database
        self._own = threading.local()

    @classmethod
    def build(cls, anchors: Sequence[bytes], once: Sequence[bool]) -> Hyperscan:
        """Compile anchors, none of them empty; those marked `once` are reported once a scan."""
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        # The compiler refuses an empty set.
        expressions = list(anchors) or [_NEVER]
        flags = [hyperscan.HS_FLAG_SINGLEMATCH if each else 0 for each in once] or [0]
        ids = list(range(len(expressions)))
        database.compile(expressions=expressions, ids=ids, flags=flags, literal=True)
        return cls(database)

    @classmethod
    def load(cls, data: bytes) -> Hyperscan:
        """Take the compiled form back. Raises EngineError."""
        try:
            database = hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
            engine = cls(database)
            engine.scan(b"a")
        except hyperscan.HyperscanError as error:
            raise EngineError(f"Hyperscan cannot load it: {error}") from None
        return engine

    @property
    def label(self) -> str:
        """See `Engine`."""
        return _hyperscan_label()

    def scan(self, data: bytes) -> list[Hit]:
        """See `Engine`."""
        hits: list[Hit] = []

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append((number, end))

        self._database.scan(data, match_event_handler=note, scratch=self._scratch())
        return hits

    def _scratch(self) -> hyperscan.Scratch:
        """Scratch space must not be shared by scans that run at the same time."""
        scratch = getattr(self._own, "scratch", None)
        if scratch is None:
            scratch = self._own.scratch = hyperscan.Scratch(self._database)
        return scratch

    def dump(self) -> bytes:
        """See `Engine`."""
        return bytes(hyperscan.dumpb(self._database))


class AhoCorasick:
    """The engine that runs anywhere, half as fast; built in 0.1 s, so nothing is stored."""

    def __init__(self, anchors: Sequence[bytes]) -> None:
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            list(anchors) or [_NEVER], implementation=ahocorasick_rs.Implementation.DFA
        )

    @property
    def label(self) -> str:
        """See `Engine`."""
        return "aho-corasick"

    def scan(self, data: bytes) -> list[Hit]:
        """See `Engine`."""
        found = self._automaton.find_matches_as_indexes(data, overlapping=True)
        return [(number, end) for number, _start, end in found]

    def dump(self) -> bytes:
        """See `Engine`."""
        return b""


_NEVER: Final = b"\x01never\x01"
"""Squashed text has no control characters, so this is not found."""


def build(anchors: Sequence[bytes], once: Sequence[bool], *, portable: bool = False) -> Engine:
    """The best engine there is; `portable` asks for the one that runs anywhere."""
    if portable or hyperscan is None:
        return AhoCorasick(anchors)
    return Hyperscan.build(anchors, once)


def load(label: str, data: bytes, anchors: Sequence[bytes]) -> Engine:
    """Take a compiled form back. Raises EngineError when another engine or version made it."""
    if label == "aho-corasick":
        return AhoCorasick(anchors)
    if hyperscan is None or label != _hyperscan_label():
        here = "none" if hyperscan is None else _hyperscan_label()
        raise EngineError(f"it was compiled by {label}, here is {here}")
    return Hyperscan.load(data)


@cache
def _hyperscan_label() -> str:
    return f"hyperscan {version('hyperscan')}"
