"""What is counted, on SQLite and PostgreSQL alike."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import ConfigError, TooManyReports
from app.outcomes.model import Report
from app.outcomes.store import VOICES_A_SOURCE, Outcomes
from app.outcomes.voice import Reader
from app.rates import Trials

YES, NO = Report(worked=True), Report(worked=False)
ANN = Reader("192.0.2.1", "Firefox")
BOB = Reader("192.0.2.2", "Firefox")
ENTRY, REMEDY = "pip/hash-mismatch", "regenerate"


def test_each_reader_has_one_voice_for_a_remedy(outcomes: Outcomes):
    assert outcomes.counts() == {}
    assert outcomes.record(ENTRY, REMEDY, YES, ANN) is True
    assert outcomes.record(ENTRY, REMEDY, YES, ANN) is False
    assert outcomes.record(ENTRY, REMEDY, NO, BOB) is True
    assert outcomes.record(ENTRY, "drop-hashes", NO, ANN) is True
    assert outcomes.record("pip/read-timed-out", REMEDY, YES, ANN) is True
    assert outcomes.counts() == {
        ENTRY: {REMEDY: Trials(1, 2), "drop-hashes": Trials(0, 1)},
        "pip/read-timed-out": {REMEDY: Trials(1, 1)},
    }


def test_a_voice_can_be_changed_and_withdrawn(outcomes: Outcomes):
    outcomes.record(ENTRY, REMEDY, YES, ANN)
    outcomes.record(ENTRY, REMEDY, NO, ANN)
    assert outcomes.said(ENTRY, REMEDY, ANN) == NO
    assert outcomes.said(ENTRY, REMEDY, BOB) is None
    assert outcomes.counts() == {ENTRY: {REMEDY: Trials(0, 1)}}
    assert outcomes.withdraw(ENTRY, REMEDY, BOB) is False
    assert outcomes.withdraw(ENTRY, REMEDY, ANN) is True
    assert outcomes.withdraw(ENTRY, REMEDY, ANN) is False
    assert outcomes.counts() == {}


def test_a_named_reader_keeps_the_voice_on_another_network(outcomes: Outcomes):
    at_home = Reader("192.0.2.1", "editor/1", "6f1c2c1e-2f7b")
    at_work = Reader("2001:db8::1", "editor/2", "6f1c2c1e-2f7b")
    assert outcomes.record(ENTRY, REMEDY, YES, at_home) is True
    assert outcomes.record(ENTRY, REMEDY, NO, at_work) is False
    assert outcomes.counts() == {ENTRY: {REMEDY: Trials(0, 1)}}


def test_one_address_cannot_speak_for_a_crowd(outcomes: Outcomes):
    # All of one IPv6 network, as one subscriber has it.
    crowd = [Reader(f"2001:db8::{number:x}", str(number)) for number in range(VOICES_A_SOURCE + 1)]
    for reader in crowd[:-1]:
        outcomes.record(ENTRY, REMEDY, YES, reader)
    with pytest.raises(TooManyReports):
        outcomes.record(ENTRY, REMEDY, YES, crowd[-1])
    assert outcomes.counts()[ENTRY][REMEDY].total == VOICES_A_SOURCE
    assert outcomes.record(ENTRY, REMEDY, NO, crowd[0]) is False
    assert outcomes.record(ENTRY, REMEDY, NO, ANN) is True


def test_two_reports_at_once_are_both_counted_and_one_voice_is_one(outcomes: Outcomes):
    readers = [Reader(f"198.51.100.{number}", "x") for number in range(8)] * 4
    barrier, failed = threading.Barrier(len(readers)), []

    def say(reader: Reader) -> None:
        barrier.wait()
        try:
            outcomes.record(ENTRY, REMEDY, YES, reader)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=say, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert outcomes.counts() == {ENTRY: {REMEDY: Trials(8, 8)}}


def test_an_export_read_back_is_the_same(outcomes: Outcomes):
    said = Report(worked=False, tool_version="26.3", os="Debian 12", note="用 uv 也一样")
    outcomes.record(ENTRY, REMEDY, said, ANN)
    outcomes.record(ENTRY, REMEDY, YES, BOB)
    exported = list(outcomes.all())
    assert {one.note for one in exported} == {"用 uv 也一样", None}
    assert outcomes.delete(entry=ENTRY) == 2
    assert outcomes.load(exported) == 2
    assert list(outcomes.all()) == exported
    # Ann's later word is not undone by the older one of the export.
    outcomes.record(ENTRY, REMEDY, YES, ANN)
    outcomes.load(exported)
    assert outcomes.counts() == {ENTRY: {REMEDY: Trials(2, 2)}}


def test_an_export_is_longer_than_one_look(outcomes: Outcomes):
    outcomes.record(ENTRY, REMEDY, YES, ANN)
    (one,) = outcomes.all()
    many = [one.model_copy(update={"voice": f"{number:032x}"}) for number in range(1201)]
    outcomes.load(many)
    assert len({each.voice for each in outcomes.all()}) == 1202


def test_deletion_takes_what_fits_and_nothing_else(outcomes: Outcomes):
    for remedy in (REMEDY, "drop-hashes"):
        for reader in (ANN, BOB):
            outcomes.record(ENTRY, remedy, YES, reader)
    anns = ANN.voice(outcomes.database.key).voice
    assert outcomes.delete(before=datetime(2020, 1, 1, tzinfo=UTC)) == 0
    assert outcomes.delete(voice=anns, remedy=REMEDY) == 1
    assert outcomes.delete(voice=anns) == 1
    assert outcomes.delete(before=datetime(2100, 1, 1, tzinfo=UTC)) == 2
    with pytest.raises(ValueError, match="nothing says"):
        outcomes.delete()


def test_neither_address_nor_program_is_kept(outcomes: Outcomes):
    outcomes.record(ENTRY, REMEDY, YES, ANN)
    (stored,) = outcomes.all()
    assert "192.0.2.1" not in stored.model_dump_json()
    assert "Firefox" not in stored.model_dump_json()


def test_the_key_is_adopted_only_where_nothing_was_said(outcomes: Outcomes):
    assert outcomes.adopt("ab" * 32) is True
    assert outcomes.database.key == "ab" * 32
    outcomes.record(ENTRY, REMEDY, YES, ANN)
    assert outcomes.adopt("cd" * 32) is False


def test_two_replicas_start_on_an_empty_database(url: str):
    barrier, keys = threading.Barrier(4), []

    def start() -> None:
        opened = Outcomes(url)
        barrier.wait()
        keys.append(opened.database.key)
        opened.database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 4
    assert len(set(keys)) == 1


@given(st.text(max_size=1000))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_note_can_be_kept(outcomes: Outcomes, note: str):
    report = Report(worked=True, note=note.encode("utf-8", "replace").decode())
    outcomes.record(ENTRY, REMEDY, report, ANN)
    assert [one.note for one in outcomes.all()] == [report.note]


def test_secrets_in_a_note_are_masked():
    note = Report(worked=True, note="pip install --index-url https://me:hunter22@host/simple").note
    assert note is not None
    assert "hunter22" not in note


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "nonsense", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str):
    with pytest.raises(ConfigError, match="WAYOUT_DATABASE_URL"):
        Outcomes(url)
