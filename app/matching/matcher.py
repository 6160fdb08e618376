"""All signatures of a catalogue compiled together, and the stored form of that."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

from app.entry import Entry
from app.errors import WayoutError
from app.matching import engine as engines
from app.matching.probes import Condition, Failure, KnownCause, KnownEntry, Probe, ProbeTable

_MAGIC: Final = b"WAYOUT MATCHER 1\n"


class StaleMatcher(WayoutError):  # noqa: N818  named like its sisters in app.errors
    """A stored matcher cannot be used here; `why` says so, and the entries can build it again."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the stored matcher cannot be used ({why}): build the catalogue again")
        self.why = why


@dataclass(frozen=True)
class Matcher:
    """What to look for, and the engine that finds the anchors of all of it in one pass.

    `anchor_probes` gives the probes that hang on each anchor. Safe to share
    between threads.
    """

    entries: list[KnownEntry]
    probes: list[Probe]
    anchors: list[bytes]
    anchor_probes: list[list[int]]
    engine: engines.Engine
    failures: list[Failure]

    @cached_property
    def identifying(self) -> frozenset[int]:
        """The probes that are signatures; the others only give context."""
        return frozenset(
            condition.probe for entry in self.entries for _, condition in entry.signatures
        )

    @cached_property
    def entries_by_probe(self) -> dict[int, list[int]]:
        """For each signature's probe, the places in `entries` that it identifies."""
        found: dict[int, list[int]] = {}
        for place, entry in enumerate(self.entries):
            for _, condition in entry.signatures:
                found.setdefault(condition.probe, []).append(place)
        return found

    @classmethod
    def build(cls, entries: Iterable[Entry], *, portable: bool = False) -> Self:
        """Compile the signatures of all entries; one that fails is noted and takes none along.

        `portable` takes the engine that runs anywhere even where the fast one would.
        """
        table = ProbeTable()
        known = [table.entry(entry) for entry in entries]
        anchors = list(table.anchors)
        engine = engines.build(anchors, table.once(), portable=portable)
        hanging = list(table.anchors.values())
        return cls(known, table.probes, anchors, hanging, engine, table.failures)

    def to_bytes(self) -> bytes:
        """The form to store; good for the same version of the same engine, on a like processor."""
        body = {
            "engine": self.engine.label,
            "entries": [_entry_row(entry) for entry in self.entries],
            "probes": [
                [probe.text, probe.regex, probe.bits, probe.anchors] for probe in self.probes
            ],
            "anchors": [anchor.hex() for anchor in self.anchors],
            "anchor_probes": self.anchor_probes,
            "failures": [[failure.entry_id, failure.problem] for failure in self.failures],
        }
        text = json.dumps(body, separators=(",", ":")).encode()
        return _MAGIC + len(text).to_bytes(8, "big") + text + self.engine.dump()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Take a stored matcher back. Raises StaleMatcher."""
        begin = len(_MAGIC) + 8
        if not data.startswith(_MAGIC) or len(data) < begin:
            raise StaleMatcher("it has another format")
        end = begin + int.from_bytes(data[len(_MAGIC) : begin], "big")
        try:
            body = json.loads(data[begin:end])
            anchors = [bytes.fromhex(anchor) for anchor in body["anchors"]]
            engine = engines.load(body["engine"], data[end:], anchors)
            probes = [
                Probe(text, regex, bits, tuple(at)) for text, regex, bits, at in body["probes"]
            ]
            entries = [_entry(row) for row in body["entries"]]
            failures = [Failure(*row) for row in body["failures"]]
            return cls(entries, probes, anchors, body["anchor_probes"], engine, failures)
        except engines.EngineError as error:
            raise StaleMatcher(str(error)) from None
        except (ValueError, KeyError, TypeError) as error:
            raise StaleMatcher(f"it is damaged: {error}") from None


_Row = list[Any]


def _entry_row(entry: KnownEntry) -> _Row:
    return [
        entry.id,
        entry.symptom,
        [[place, _condition_row(condition)] for place, condition in entry.signatures],
        [
            [
                cause.id,
                *(
                    [_condition_row(each) for each in side]
                    for side in (cause.supporting, cause.opposing)
                ),
            ]
            for cause in entry.causes
        ],
        entry.follows,
        entry.leads_to,
    ]


def _entry(row: _Row) -> KnownEntry:
    entry_id, symptom, signatures, causes, follows, leads_to = row
    return KnownEntry(
        entry_id,
        symptom,
        tuple((place, _condition(each)) for place, each in signatures),
        tuple(
            KnownCause(cause_id, *(tuple(map(_condition, side)) for side in sides))
            for cause_id, *sides in causes
        ),
        tuple(follows),
        tuple(leads_to),
    )


def _condition_row(condition: Condition) -> _Row:
    return [condition.probe, condition.requires, condition.unless]


def _condition(row: _Row) -> Condition:
    probe, requires, unless = row
    return Condition(probe, tuple(requires), tuple(unless))
