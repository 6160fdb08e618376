"""How much content there is, by ecosystem."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.content.folder import list_folders, read_files
from app.entry import Entry, parts


@dataclass
class Counts:
    """One line of the table; the last one, `all`, is the sum."""

    ecosystem: str
    entries: int = 0
    symptoms: int = 0
    translated: int = 0
    causes: int = 0
    workarounds: int = 0
    dead_ends: int = 0
    signatures: int = 0
    examples: int = 0

    def add(self, entry: Entry) -> None:
        """Count an entry. It is translated when no part of it is missing or stale."""
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


def count_folders(roots: Iterable[Path]) -> list[Counts]:
    """A line for each ecosystem, and one for all. Broken files do not count."""
    found: defaultdict[str, Counts] = defaultdict(lambda: Counts(""))
    total = Counts("all")
    for files in list_folders(roots).entries.values():
        loaded, _ = read_files(files)
        if loaded:
            counts = found[loaded.entry.ecosystem]
            counts.ecosystem = loaded.entry.ecosystem
            counts.add(loaded.entry)
            total.add(loaded.entry)
    return [*(found[name] for name in sorted(found)), total]
