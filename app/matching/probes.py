"""What the matcher looks for, gathered from the entries, each thing once.

A probe is one template or regex: a signature, a text that a signature requires
or forbids, or a signal of a cause. Its anchors are short pieces of its literal
text without white space, which the engine finds in the first pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from app.entry import Cause, Entry, Relation, Signature
from app.matching.information import text_bits
from app.matching.signatures import SignatureError, Template, compile_regex, compile_text
from app.matching.squash import squash_text

_LONGEST: Final = 24
"""Bytes of an anchor: a longer one is no rarer in practice, and is broken more often."""
_SHORTEST: Final = 3
_SECOND_BITS: Final = 12.0
"""A second anchor, for where a prefix splits the first, must be this rare not to slow the scan."""


class Probe(NamedTuple):
    """One thing to look for; `bits` is what its literal text says, `anchors` are numbers."""

    text: str | None
    regex: str | None
    bits: float
    anchors: tuple[int, ...]

    def template(self) -> Template:
        """The compiled form, made at the first use and kept."""
        return (
            compile_regex(self.regex) if self.regex is not None else compile_text(self.text or "")
        )


class Condition(NamedTuple):
    """A probe that counts only with all of `requires` and none of `unless` in the same input."""

    probe: int
    requires: tuple[int, ...] = ()
    unless: tuple[int, ...] = ()

    @property
    def context(self) -> tuple[int, ...]:
        """The probes it depends on."""
        return self.requires + self.unless


class KnownCause(NamedTuple):
    """What speaks for and against one cause."""

    id: str
    supporting: tuple[Condition, ...] = ()
    opposing: tuple[Condition, ...] = ()


class KnownEntry(NamedTuple):
    """What matching needs of an entry.

    `signatures` pairs the place in `Entry.signatures` with what to look for;
    `follows` and `leads_to` are ids of related entries.
    """

    id: str
    symptom: bool
    signatures: tuple[tuple[int, Condition], ...]
    causes: tuple[KnownCause, ...]
    follows: tuple[str, ...]
    leads_to: tuple[str, ...]


class Failure(NamedTuple):
    """A signature that was left out because it cannot be compiled, and why."""

    entry_id: str
    problem: str


class ProbeTable:
    """Numbers probes and anchors while entries are read."""

    def __init__(self) -> None:
        self.probes: list[Probe] = []
        self.anchors: dict[bytes, list[int]] = {}
        self.failures: list[Failure] = []
        self.identifying: set[int] = set()
        self._numbers: dict[tuple[str | None, str | None], int] = {}
        self._order: dict[bytes, int] = {}

    def entry(self, entry: Entry) -> KnownEntry:
        """Take in one entry; what does not compile is noted and left out."""
        signatures = []
        for place, signature in enumerate(entry.signatures):
            for condition in self._condition(entry, signature):
                if not self.probes[condition.probe].anchors:
                    shown = signature.text or signature.regex
                    why = f"signature {shown!r} has no piece of literal text to look for"
                    self.failures.append(Failure(entry.id, why))
                    continue
                self.identifying.add(condition.probe)
                signatures.append((place, condition))
        return KnownEntry(
            id=entry.id,
            symptom=entry.symptom,
            signatures=tuple(signatures),
            causes=tuple(self._cause(entry, cause) for cause in entry.causes),
            follows=_related(entry, Relation.CAUSED_BY),
            leads_to=_related(entry, Relation.LEADS_TO),
        )

    def once(self) -> list[bool]:
        """For each anchor, whether one hit in a block is enough: no signature hangs on it."""
        return [self.identifying.isdisjoint(probes) for probes in self.anchors.values()]

    def _cause(self, entry: Entry, cause: Cause) -> KnownCause:
        supporting, opposing = (
            tuple(found for signal in signals for found in self._condition(entry, signal))
            for signals in (cause.signals.supporting, cause.signals.opposing)
        )
        return KnownCause(cause.id, supporting, opposing)

    def _condition(self, entry: Entry, signature: Signature) -> Iterator[Condition]:
        try:
            yield Condition(
                self._probe(signature.text, signature.regex),
                tuple(self._probe(text, None) for text in signature.requires),
                tuple(self._probe(text, None) for text in signature.unless),
            )
        except SignatureError as error:
            shown = signature.text or signature.regex
            self.failures.append(Failure(entry.id, f"signature {shown!r} {error}"))

    def _probe(self, text: str | None, regex: str | None) -> int:
        key = (text, regex)
        if key not in self._numbers:
            template = compile_regex(regex) if regex is not None else compile_text(text or "")
            number = len(self.probes)
            anchors = tuple(self._anchor(piece, number) for piece in choose_anchors(template))
            self.probes.append(Probe(text, regex, round(text_bits(template.literals), 1), anchors))
            self._numbers[key] = number
        return self._numbers[key]

    def _anchor(self, piece: bytes, probe: int) -> int:
        self._order.setdefault(piece, len(self._order))
        self.anchors.setdefault(piece, []).append(probe)
        return self._order[piece]


def _related(entry: Entry, relation: Relation) -> tuple[str, ...]:
    return tuple(related.id for related in entry.related if related.relation is relation)


def choose_anchors(template: Template) -> list[bytes]:
    """The one or two rarest short pieces of a template's literal text; none if it has none."""
    windows = sorted(
        (window for literal in template.literals for window in _windows(literal)), reverse=True
    )
    if not windows:
        return []
    best = windows[0]
    chosen = [best[2]]
    for bits, _, piece, span in windows[1:]:
        if bits < _SECOND_BITS:
            break
        apart = span[0] != best[3][0] or span[2] <= best[3][1] or span[1] >= best[3][2]
        if apart and piece != best[2]:
            chosen.append(piece)
            break
    return chosen


_Window = tuple[float, int, bytes, tuple[str, int, int]]


def _windows(literal: str) -> Iterator[_Window]:
    """Runs of words on one line, cut to the longest anchor: bits, length, bytes, which words."""
    for line in literal.split("\n"):
        tokens = [(squash_text(token), text_bits([token])) for token in line.split()]
        for first in range(len(tokens)):
            piece, bits, last = b"", 0.0, first
            while last < len(tokens) and len(piece) < _LONGEST:
                word, worth = tokens[last]
                room = min(1.0, (_LONGEST - len(piece)) / max(len(word), 1))
                piece, bits, last = piece + word, bits + worth * room, last + 1
            if len(piece) >= _SHORTEST:
                yield (bits, len(piece), piece[:_LONGEST], (line, first, last))
