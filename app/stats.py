"""How much content there is, by ecosystem."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.content.folder import LoadedEntry, list_folders, read_files
from app.entry import parts
from app.errors import ContentError
from app.reproduce.evidence import read_evidence


@dataclass
class Counts:
    """One line of the table; the last one, `all`, is the sum.

    `reproduced` counts entries with evidence, `trials` how often a remedy was
    tried in one of their scenarios, with however many versions of the tool.
    """

    ecosystem: str
    entries: int = 0
    symptoms: int = 0
    translated: int = 0
    causes: int = 0
    workarounds: int = 0
    dead_ends: int = 0
    signatures: int = 0
    examples: int = 0
    reproduced: int = 0
    scenarios: int = 0
    trials: int = 0

    def add(self, loaded: LoadedEntry) -> None:
        """Count an entry. It is translated when no part of it is missing or stale."""
        entry = loaded.entry
        self.entries += 1
        self.symptoms += entry.symptom
        self.causes += len(entry.causes)
        self.workarounds += len(entry.workarounds)
        self.dead_ends += len(entry.dead_ends)
        self.signatures += len(entry.signatures)
        self.examples += len(entry.examples)
        chinese = entry.translations.get("zh")
        self.translated += chinese is not None and all(
            part.key in chinese.parts and chinese.parts[part.key].of == part.hash
            for part in parts(entry)
        )
        if file := loaded.files.evidence:
            evidence = read_evidence(file.text, file.shown)
            self.reproduced += 1
            self.scenarios += len(evidence.scenarios)
            self.trials += sum(bool(trial.runs) for trial in evidence.trials)


def count_folders(roots: Iterable[Path]) -> list[Counts]:
    """A line for each ecosystem, and one for all. Broken files do not count."""
    found: defaultdict[str, Counts] = defaultdict(lambda: Counts(""))
    total = Counts("all")
    for files in list_folders(roots).entries.values():
        loaded, _ = read_files(files)
        if loaded:
            counts = found[loaded.entry.ecosystem]
            counts.ecosystem = loaded.entry.ecosystem
            for line in (counts, total):
                # `wayout check` tells of evidence that cannot be read.
                with suppress(ContentError):
                    line.add(loaded)
    return [*(found[name] for name in sorted(found)), total]
