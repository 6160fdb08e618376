"""The catalogue that is there already, as a source of what need not be made again."""

import hashlib
import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import app
from app.content.folder import EntryFiles
from app.entry import Entry
from app.errors import Level, Problem


@cache
def program_hash() -> str:
    """Of the program's own source and the schema of entries, so that an upgrade rebuilds."""
    digest = hashlib.sha256(app.__version__.encode())
    folder = Path(app.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        if file.relative_to(folder).parts[0] not in ("web", "cli.py"):
            digest.update(file.read_bytes())
    return digest.hexdigest()


class PreviousCatalogue:
    """The catalogue that is there, as a source of what need not be made again."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    @classmethod
    def open(cls, path: Path) -> "PreviousCatalogue | None":
        """The catalogue at `path`, or None if there is none that can be used."""
        if not path.is_file():
            return None
        try:
            found = cls(path)
            if found.meta("program") == program_hash().encode():
                return found
            found.close()
        except sqlite3.DatabaseError:
            pass
        return None

    def __enter__(self) -> "PreviousCatalogue":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def copy_to(self, path: Path) -> None:
        """Write the file that was opened, which may have another in its place by now."""
        target = sqlite3.connect(path)
        with target:
            self._database.backup(target)
        target.close()

    def meta(self, key: str) -> bytes | None:
        """A fact about that build."""
        row = self._database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return bytes(row[0]) if row else None

    def ids(self) -> set[str]:
        """The ids of its entries, and of those it could not read."""
        query = "SELECT id FROM entry UNION SELECT entry_id FROM problem WHERE entry_id IS NOT NULL"
        return {row[0] for row in self._database.execute(query)}

    def entries(self, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of the entries that it holds, whatever became of their files."""
        found = {}
        for entry_id in ids:
            query = "SELECT document FROM entry WHERE id = ?"
            if row := self._database.execute(query, (entry_id,)).fetchone():
                found[entry_id] = Entry.model_validate_json(row[0])
        return found

    def count(self) -> int:
        """How many entries it holds."""
        return int(self._database.execute("SELECT count(*) FROM entry").fetchone()[0])

    def unchanged(self, entries: dict[str, EntryFiles]) -> dict[str, Entry]:
        """The entries whose files have not changed since."""
        rows = self._database.execute("SELECT id, source_hash, source, document FROM entry")
        return {
            entry_id: Entry.model_validate_json(document)
            for entry_id, source_hash, source, document in rows
            if entry_id in entries
            and entries[entry_id].hash == source_hash
            and entries[entry_id].english.shown == source
        }

    def problems(self) -> tuple[Problem, ...]:
        """The complaints of that build."""
        rows = self._database.execute(
            'SELECT path, line, "column", what, instead, level FROM problem'
        )
        found = {
            Problem(path, line, column, what, instead, Level(level))
            for path, line, column, what, instead, level in rows
        }
        return tuple(sorted(found))
