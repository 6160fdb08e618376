"""Exports as files, and what is said of broken ones."""

import pytest

from app.errors import ContentError
from app.outcomes.model import Report
from app.outcomes.store import Outcomes
from app.outcomes.transfer import read_lines, write_lines
from app.outcomes.voice import Reader


def test_lines_are_read_back(outcomes: Outcomes):
    report = Report(worked=True, note="line\u2028end")
    outcomes.record("pip/hash-mismatch", "regenerate", report, Reader("192.0.2.1", "x"))
    lines = list(write_lines(outcomes.database.key, outcomes.all()))
    assert read_lines(lines, "x") == (outcomes.database.key, list(outcomes.all()))


GOOD = '{"wayout_outcomes": 1, "key": "ab"}'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "x:1:1: is empty; export it with `wayout outcomes export`"),
        ("[]", "x:1:1:"),
        ('{"wayout_outcomes": 2, "key": "ab"}', "x:1:1: has format 2, this version reads 1"),
        (f"{GOOD}\n{{oops", "x:2:2: is not JSON"),
        (f'{GOOD}\n\n{{"worked": true}}', "x:3:1: `entry` is missing"),
        (f'{GOOD}\n{{"wrked": true}}', "x:2:2: unknown key `wrked`; write `worked`"),
    ],
)
def test_broken_lines_are_named(text: str, complaint: str):
    with pytest.raises(ContentError) as raised:
        read_lines(text.split("\n"), "x")
    assert any(str(problem).startswith(complaint) for problem in raised.value.problems)
