"""A database that is locked, full, read-only, moved away or restarted: said, and nothing lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from app.errors import OutcomesUnavailable
from app.outcomes import database as databases
from app.outcomes.live import LiveOutcomes
from app.outcomes.model import Report
from app.outcomes.store import Outcomes
from app.outcomes.voice import Reader
from app.rates import Trials
from tests.outcomes.postgres import Server

YES = Report(worked=True)
ENTRY, REMEDY = "pip/hash-mismatch", "regenerate"


def reader(number: int) -> Reader:
    return Reader(f"10.0.{number // 200}.{number % 200}", "x")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outcomes.sqlite"


@pytest.fixture
def store(file: Path) -> Outcomes:
    """A SQLite store with one report."""
    opened = Outcomes(f"sqlite:///{file}")
    opened.record(ENTRY, REMEDY, YES, reader(0))
    return opened


def test_a_locked_database_is_waited_for_and_then_told(
    store: Outcomes, file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(databases, "WAIT_S", 0.1)
    store.database.close()
    store.counts()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OutcomesUnavailable, match="database is locked"):
        store.record(ENTRY, REMEDY, YES, reader(1))
    assert store.counts() == {ENTRY: {REMEDY: Trials(1, 1)}}, "reading goes on"
    other.execute("COMMIT")
    other.close()
    store.record(ENTRY, REMEDY, YES, reader(1))
    assert store.counts() == {ENTRY: {REMEDY: Trials(2, 2)}}


def test_a_full_database_keeps_what_it_has(store: Outcomes):
    engine = store.database._opened()
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 1"))
    engine.dispose()
    long = Report(worked=True, note="x " * 500)

    def fill() -> None:
        for number in range(1, 100):
            store.record(ENTRY, REMEDY, long, reader(number))

    with pytest.raises(OutcomesUnavailable, match="full"):
        fill()
    assert store.counts()[ENTRY][REMEDY].total >= 1


def test_a_read_only_database_is_told_and_read(store: Outcomes, file: Path):
    store.database.close()
    for path in (file, file.parent):
        path.chmod(0o444 if path == file else 0o555)
    for folder in file.parents:
        if folder.stat().st_uid == os.getuid() and folder != file.parent:
            folder.chmod(0o755)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65534)
        with pytest.raises(OutcomesUnavailable):
            store.record(ENTRY, REMEDY, YES, reader(1))
    finally:
        os.seteuid(user)
        file.parent.chmod(0o700)
        file.chmod(0o600)
    store.record(ENTRY, REMEDY, YES, reader(1))
    assert store.counts() == {ENTRY: {REMEDY: Trials(2, 2)}}


def test_a_file_that_was_moved_away_is_not_written_to(store: Outcomes, file: Path):
    moved = file.with_name("moved")
    file.rename(moved)
    assert store.record(ENTRY, REMEDY, YES, reader(1)) is True
    assert store.counts() == {ENTRY: {REMEDY: Trials(1, 1)}}, "a new file has the new report"
    store.database.close()
    moved.replace(file)
    assert [one.voice for one in store.all()] == [reader(0).voice(store.database.key).voice]


def test_a_folder_that_is_gone_is_made_again(store: Outcomes, file: Path):
    shutil.rmtree(file.parent)
    assert store.record(ENTRY, REMEDY, YES, reader(1)) is True


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("not a database, and longer than a header of one hundred bytes. " * 4)
    with pytest.raises(OutcomesUnavailable, match="not a database"):
        Outcomes(f"sqlite:///{file}").counts()
    assert file.read_text().startswith("not a database"), "and it is left as it was"


def test_tables_of_a_later_version_are_left_alone(store: Outcomes, file: Path):
    with sqlite3.connect(file) as other:
        other.execute("UPDATE outcome_fact SET value = '2' WHERE name = 'format'")
    other.close()
    store.database.close()
    with pytest.raises(OutcomesUnavailable, match="its tables have format 2"):
        store.counts()


def test_counts_read_before_stay_in_use(store: Outcomes, file: Path):
    live = LiveOutcomes(store)
    live.refresh()
    before = live.reported
    live.refresh()
    assert live.reported is before, "pages made from it need not be made again"
    store.database.close()
    file.unlink()
    file.mkdir()
    live.refresh()
    assert live.reported.counts == before.counts
    assert live.reported.problem
    file.rmdir()
    live.refresh()
    assert (live.reported.counts, live.reported.problem) == ({}, None)


def test_a_server_that_restarts_loses_nothing(server: Server):
    store = Outcomes(server.url)
    store.record(ENTRY, REMEDY, YES, reader(0))
    server.stop("immediate")
    with pytest.raises(OutcomesUnavailable):
        store.record(ENTRY, REMEDY, YES, reader(1))
    server.start()
    assert store.record(ENTRY, REMEDY, YES, reader(1)) is True
    assert store.counts() == {ENTRY: {REMEDY: Trials(2, 2)}}
    server.stop("fast")
    server.start()
    assert store.counts() == {ENTRY: {REMEDY: Trials(2, 2)}}, "a cut connection is not used again"
    store.delete(entry=ENTRY)
    store.database.close()


_WRITER = """
import sys
from tests.outcomes.test_failures import ENTRY, REMEDY, YES, Outcomes, reader
store = Outcomes(sys.argv[1])
for number in range(100_000):
    store.record(ENTRY, REMEDY, YES, reader(number))
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(url: str):
    command = [sys.executable, "-c", _WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(40):
            acknowledged = int(writer.stdout.readline()) + 1
        writer.send_signal(signal.SIGKILL)
        acknowledged += len(writer.stdout.read().splitlines())
    store = Outcomes(url)
    # The one in hand when it was killed may have been stored, too.
    assert acknowledged <= store.counts()[ENTRY][REMEDY].total <= acknowledged + 1
    store.database.close()
