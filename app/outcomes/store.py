"""Reports in and counts out: one voice a reader and remedy, which can be changed and withdrawn."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final

from sqlalchemy import Connection, delete, func, tuple_, update
from sqlmodel import col, select

from app.errors import TooManyReports
from app.outcomes.database import Database
from app.outcomes.model import FactRow, Outcome, OutcomeRow, Report
from app.outcomes.voice import Reader
from app.rates import Trials

VOICES_A_SOURCE: Final = 20
"""An office shares one address, but no address speaks for more readers than this on a remedy."""

Counts = dict[str, dict[str, Trials]]
"""Trials by entry and remedy."""

_KEY: Final = ("entry", "remedy", "voice")
_WORDS: Final = ("worked", "tool_version", "os", "note")
_BATCH: Final = 500


class Outcomes:
    """The reports of one database. Every method raises OutcomesUnavailable when it is not there."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet. Raises ConfigError if the address is none of ours."""
        self.database = Database(url)

    def record(self, entry: str, remedy: str, report: Report, reader: Reader) -> bool:
        """Count a report, or change what the reader said before. True if it is the first.

        Doing it twice is the same as once. Raises TooManyReports when too many
        voices spoke from the reader's address already.
        """
        voice = reader.voice(self.database.key)
        now = datetime.now(UTC)
        values = {
            "entry": entry,
            "remedy": remedy,
            **vars(voice),
            **report.model_dump(),
            "reported": now,
            "changed": now,
        }

        def work(connection: Connection) -> bool:
            # The write comes first, so that two reports at once wait for one another here.
            is_new = _write(connection, values, ("changed", *_WORDS))
            if is_new and _voices(connection, entry, remedy, voice.source) > VOICES_A_SOURCE:
                raise TooManyReports(86_400)
            return is_new

        return self.database.run(work)

    def said(self, entry: str, remedy: str, reader: Reader) -> Report | None:
        """What the reader has said of a remedy."""
        voice = reader.voice(self.database.key).voice
        names = list(Report.model_fields)
        query = select(*(getattr(OutcomeRow, name) for name in names)).where(
            col(OutcomeRow.entry) == entry,
            col(OutcomeRow.remedy) == remedy,
            col(OutcomeRow.voice) == voice,
        )
        row = self.database.run(lambda connection: connection.execute(query).one_or_none())
        return Report.model_validate(dict(zip(names, row, strict=True))) if row else None

    def withdraw(self, entry: str, remedy: str, reader: Reader) -> bool:
        """Forget what the reader said of a remedy. False if that was nothing."""
        voice = reader.voice(self.database.key).voice
        return self.delete(entry=entry, remedy=remedy, voice=voice) > 0

    def counts(self) -> Counts:
        """How many reports each remedy has, and in how many of them it worked."""
        by = (col(OutcomeRow.entry), col(OutcomeRow.remedy), col(OutcomeRow.worked))
        query = select(*by, func.count()).group_by(*by)
        rows = self.database.run(lambda connection: connection.execute(query).all())
        found: Counts = {}
        for entry, remedy, worked, number in rows:
            before = found.setdefault(entry, {}).get(remedy, Trials())
            found[entry][remedy] = Trials(
                before.worked + (number if worked else 0), before.total + number
            )
        return found

    def all(self) -> Iterator[Outcome]:
        """Every report, ordered by entry, remedy and voice."""
        names = list(Outcome.model_fields)
        last = ("", "", "")
        while True:
            rows = self.database.run(lambda connection: _after(connection, last, names))  # noqa: B023
            for row in rows:
                yield Outcome.model_validate(dict(zip(names, row, strict=True)))
            if len(rows) < _BATCH:
                return
            last = tuple(rows[-1][names.index(name)] for name in _KEY)

    def load(self, outcomes: Iterable[Outcome]) -> int:
        """Add reports from an export; of one voice on one remedy, what was said last counts."""
        given = [outcome.model_dump() for outcome in outcomes]

        def work(connection: Connection) -> int:
            for values in given:
                _write(connection, values, ("changed", "source", *_WORDS), only_newer=True)
            return len(given)

        return self.database.run(work)

    def delete(
        self,
        entry: str | None = None,
        remedy: str | None = None,
        voice: str | None = None,
        before: datetime | None = None,
    ) -> int:
        """Delete the reports that fit all that is given, and say how many. Raises ValueError."""
        given = {"entry": entry, "remedy": remedy, "voice": voice}
        fits = [
            getattr(OutcomeRow, name) == value for name, value in given.items() if value is not None
        ]
        if before is not None:
            fits.append(col(OutcomeRow.changed) < before)
        if not fits:
            raise ValueError("nothing says which reports to delete")
        query = delete(OutcomeRow).where(*fits)
        return int(self.database.run(lambda connection: connection.execute(query)).rowcount)

    def adopt(self, key: str) -> bool:
        """Take over the key of another database, if there are no reports yet under our own."""

        def work(connection: Connection) -> bool:
            if connection.execute(select(func.count()).select_from(OutcomeRow)).scalar_one():
                return False
            query = update(FactRow).where(col(FactRow.name) == "key").values(value=key)
            connection.execute(query)
            return True

        adopted = self.database.run(work)
        self.database.close()
        return adopted


def _write(
    connection: Connection,
    values: dict[str, Any],
    changing: tuple[str, ...],
    *,
    only_newer: bool = False,
) -> bool:
    """Insert a row, or change the one of the same voice. True if it was inserted."""
    # Both dialects have it under one name; only the one in use is loaded.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    new = dialect.insert(OutcomeRow).values(**values)
    is_newer = new.excluded.changed >= col(OutcomeRow.changed)
    query = new.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: new.excluded[name] for name in changing},
        where=is_newer if only_newer else None,
    ).returning(col(OutcomeRow.reported), col(OutcomeRow.changed))
    row = connection.execute(query).one_or_none()
    return row is not None and row[0] == row[1]


def _voices(connection: Connection, entry: str, remedy: str, source: str) -> int:
    query = (
        select(func.count())
        .select_from(OutcomeRow)
        .where(
            col(OutcomeRow.entry) == entry,
            col(OutcomeRow.remedy) == remedy,
            col(OutcomeRow.source) == source,
        )
    )
    return int(connection.execute(query).scalar_one())


def _after(connection: Connection, last: tuple[str, ...], names: list[str]) -> list[Any]:
    key = [col(getattr(OutcomeRow, name)) for name in _KEY]
    query = (
        select(*(getattr(OutcomeRow, name) for name in names))
        .where(tuple_(*key) > tuple_(*last))
        .order_by(*key)
        .limit(_BATCH)
    )
    return list(connection.execute(query).all())
