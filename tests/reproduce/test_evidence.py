"""What follows from evidence, and what makes outputs comparable."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ContentError
from app.reproduce.evidence import Evidence, read_evidence, trials, write_evidence
from app.reproduce.steady import MAX_LINES, steady_lines
from app.reproduce.versions import number_in, within

PATH = "frob/bad-state.evidence.json"


def evidence(*tried: tuple[str, bool, list[bool]]) -> Evidence:
    """Evidence with trials of (remedy, applies, what each version gave)."""
    document = {
        "format": 1,
        "entry": "frob/bad-state",
        "basis": "0123456789abcdef",
        "date": "2026-11-21",
        "sandbox": "bubblewrap",
        "tools": {},
        "scenarios": [],
        "trials": [
            {
                "remedy": remedy,
                "scenario": f"scenario-{number}",
                "applies": applies,
                "apply": None,
                "retry": "x",
                "runs": [{"variant": None, "worked": worked, "why": None} for worked in runs],
            }
            for number, (remedy, applies, runs) in enumerate(tried)
        ],
        "skipped": [],
    }
    return read_evidence(json.dumps(document), PATH)


def counted(*tried: tuple[str, bool, list[bool]]) -> dict[str, tuple[int, int]]:
    return {name: (t.worked, t.total) for name, t in trials(evidence(*tried)).items()}


def test_scenarios_are_counted_and_not_versions():
    assert counted(("a", True, [True, True, True]), ("a", True, [False])) == {"a": (1, 2)}


def test_one_version_that_fails_makes_the_scenario_fail():
    assert counted(("a", True, [True, False])) == {"a": (0, 1)}


def test_trials_beyond_what_the_entry_claims_do_not_count():
    assert counted(("a", False, [True]), ("b", True, [])) == {}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.lists(st.booleans()))))
def test_writing_and_reading_changes_nothing(tried: list[tuple[str, bool, list[bool]]]):
    one = evidence(*tried)
    assert read_evidence(write_evidence(one), PATH) == one
    assert write_evidence(one).endswith("}\n")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"format": 1', '"format": 2', "`format`"),
        ('"tools"', '"tool"', "unknown key"),
        ("{", "", "is not JSON"),
    ],
)
def test_a_damaged_file_is_refused_at_its_place(old: str, new: str, says: str):
    with pytest.raises(ContentError, match=says) as caught:
        read_evidence(write_evidence(evidence()).replace(old, new, 1), PATH)
    assert str(caught.value).startswith(f"{PATH}:")


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        (b"in /tmp/pip-install-ab12_x9z/lib", "in /tmp/pip-install-xxxxxxxx/lib"),
        (b"in /tmp/tmpq7h3k2pa/x", "in /tmp/tmpxxxxxxxx/x"),
        (b"<Thing at 0x7f3a2b1c4d5e>", "<Thing at 0x7f0000000000>"),
        (b"10 kB 12.5 MB/s eta 0:00:07", "10 kB 1.0 MB/s eta 0:00:01"),
        (b"1 passed in 0.37s", "1 passed in 1.0s"),
        (b"Resolved 2 packages in 79ms", "Resolved 2 packages in 1ms"),
        (b"ld: /tmp/ccLXw2r1.o: in", "ld: /tmp/ccxxxxxx.o: in"),
        (
            b"/.npm/_logs/2026-11-21T14_07_25_831Z-debug-0.log",
            "/.npm/_logs/2026-01-01T00_00_00_000Z-debug-0.log",
        ),
        (b"(node:4711) Warning", "(node:10) Warning"),
        (b"E1121 15:50:50.668638      29 cache.go", "E0101 00:00:00.000000      10 cache.go"),
        (b"[12:0xf6d68a0]     2363 ms: Scavenge", "[10:0x7f000000]     1000 ms: Scavenge"),
        (b"10%\r50%\r100% done", "100% done"),
        (b"https://bob:hunter2@host/simple", "https://***@host/simple"),
        (b"\xff\x00x", "\ufffdx"),
    ],
    ids=[
        "pip",
        "tmp",
        "address",
        "speed",
        "time",
        "milliseconds",
        "gcc",
        "npm",
        "node",
        "klog",
        "heap",
        "progress",
        "secret",
        "binary",
    ],
)
def test_what_changes_from_run_to_run_is_steadied(printed: bytes, kept: str):
    assert steady_lines(printed) == (kept,)


def test_long_outputs_keep_both_ends():
    lines = steady_lines(b"\n".join(b"%d" % number for number in range(1000)))
    assert len(lines) == MAX_LINES + 1

    assert (lines[0], lines[-1]) == ("0", "999")
    assert "[880 lines left out]" in lines


def test_a_line_of_a_minified_source_is_cut():
    (line,) = steady_lines(b"x" * 1_000_000)
    assert len(line) < 2_100
    assert line.endswith("x[\u2026]")


@given(st.binary(max_size=300))
def test_any_output_is_kept_in_lines(output: bytes):
    assert all("\n" not in line for line in steady_lines(output))


@pytest.mark.parametrize(
    ("version", "versions", "inside"),
    [
        ("26.3", None, True),
        ("26.3", ">=26", True),
        ("26", "==26.0", True),
        ("23.3.2", ">=23,<25.1", True),
        ("25.1", ">=23,<25.1", False),
        ("9.0.3", "<10", True),
        ("10.0", "!=10", False),
        ("26.0rc1", "<=26.0", True),
        ("26.3", ">26.3", False),
    ],
)
def test_versions_are_held_against_ranges(version: str, versions: str | None, inside: bool):
    assert within(version, versions) is inside


@given(st.text())
def test_any_text_has_a_number_or_none(text: str):
    assert all(part.isdigit() for part in number_in(text).split(".") if part)
