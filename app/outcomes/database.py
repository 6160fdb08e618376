"""The database of the outcomes: SQLite or PostgreSQL, opened late and opened again.

Nothing here is kept in memory that a commit has not made durable. A database
that cannot be reached is an `OutcomesUnavailable` each time, never a crash, and
is tried anew with the next call.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import col, insert, select

from app.errors import ConfigError, OutcomesUnavailable
from app.outcomes.model import FORMAT, METADATA, FactRow

WAIT_S: Final = 3
"""How long a connection, or another writer's lock, is waited for."""

_SCHEMA_LOCK: Final = 0x57A90
"""Any number; replicas that start together take turns at making the tables."""

_Result = TypeVar("_Result")


class Database:
    """One database, by its address. Safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet. Raises ConfigError if the address is none of ours."""
        self._url = _address(url)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._identity: tuple[int, int] | None = None
        self._key = ""

    @property
    def path(self) -> Path | None:
        """The file, if it is SQLite."""
        name = self._url.database
        return Path(name) if name and self._url.get_backend_name() == "sqlite" else None

    @property
    def key(self) -> str:
        """The key that voices are hashed with. Raises OutcomesUnavailable."""
        self.run(lambda _: None)
        return self._key

    def run(self, work: Callable[[Connection], _Result]) -> _Result:
        """Do some work in one transaction, durable when this returns.

        The work is done again if the file was replaced meanwhile, so it must
        come to the same when done twice. Raises OutcomesUnavailable.
        """
        for _ in range(2):
            try:
                with self._opened().begin() as connection:
                    result = work(connection)
            except (SQLAlchemyError, OSError) as error:
                raise OutcomesUnavailable(_why(error)) from error
            if self._is_in_place():
                return result
        raise OutcomesUnavailable("its file is being replaced")

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._engine:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine and not self._is_in_place():
                # Somebody moved the file away; what we would write now, nobody would find.
                self._engine.dispose()
                self._engine = None
            if self._engine is None:
                engine = self._open()
                self._key = _prepare(engine)
                self._identity = self._look()
                self._engine = engine
            return self._engine

    def _open(self) -> Engine:
        if self.path:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            engine = create_engine(
                self._url, connect_args={"timeout": WAIT_S, "check_same_thread": False}
            )
            event.listen(engine, "connect", _careful)
            return engine
        options = f"-c statement_timeout={WAIT_S}s -c lock_timeout={WAIT_S}s -c timezone=UTC"
        return create_engine(
            self._url,
            # A connection that a restart has cut is noticed before it is used.
            pool_pre_ping=True,
            pool_timeout=WAIT_S,
            connect_args={
                "connect_timeout": WAIT_S,
                "client_encoding": "utf8",
                "options": options,
            },
        )

    def _look(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            status = self.path.stat()
        except OSError:
            return (0, 0)
        return (status.st_dev, status.st_ino)

    def _is_in_place(self) -> bool:
        return self._look() == self._identity


def _address(url: str) -> URL:
    try:
        found = make_url(url)
    except ArgumentError:
        raise ConfigError("WAYOUT_DATABASE_URL", url, _ACCEPTED) from None
    backend = found.get_backend_name()
    if backend == "sqlite" and found.database and found.database != ":memory:":
        return found
    if backend in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+psycopg")
    raise ConfigError("WAYOUT_DATABASE_URL", found.render_as_string(), _ACCEPTED)


_ACCEPTED: Final = "sqlite:////path/to/outcomes.sqlite or postgresql://user@host/database"


def _careful(connection: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver
    """What an acknowledged report survives: the end of the process, and of the power."""
    connection.execute(f"PRAGMA busy_timeout = {int(WAIT_S * 1000)}")
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    # Reports are rare: whoever copies or moves the file shall have all of them in it.
    connection.execute("PRAGMA wal_autocheckpoint = 1")


def _switch_to_wal(connection: Any) -> None:  # noqa: ANN401
    """Switch once in the file's life; SQLite waits for no one here, so we do."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _prepare(engine: Engine) -> str:
    """Make the tables where there are none, and read the key."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SCHEMA_LOCK})
        else:
            # Before anything is read, so that two who start at once come one after the other.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for table in METADATA.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
        facts = _facts(connection)
        if "key" not in facts:
            facts = {"format": str(FORMAT), "key": secrets.token_hex(32)}
            rows = [{"name": name, "value": value} for name, value in facts.items()]
            connection.execute(insert(FactRow), rows)
    if facts["format"] != str(FORMAT):
        what = f"its tables have format {facts['format']}, this version knows {FORMAT}"
        raise OutcomesUnavailable(what)
    return facts["key"]


def _facts(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(col(FactRow.name), col(FactRow.value)))
    return dict(rows.all())


def _why(error: BaseException) -> str:
    """The driver's own words in one line; the address and the statement are left out."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(cause, OSError) and cause.strerror:
        return f"{cause.filename}: {cause.strerror}" if cause.filename else cause.strerror
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
