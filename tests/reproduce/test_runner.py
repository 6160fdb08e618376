"""The matrix: the trigger must fail and be recognised, then each remedy on a fresh copy."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.entry import Entry
from app.errors import ContentError
from app.reproduce.evidence import (
    Evidence,
    read_evidence,
    trials,
    write_evidence,
)
from app.reproduce.many import choose, keep, quickest, reproduce_all
from app.reproduce.runner import Report
from tests.reproduce.conftest import RECIPE, needs_bwrap
from tests.reproduced import make_evidence

Run = Callable[..., Report]
OUTPUT = {"bad-state": ("frobnicate: the state of /home/dev is not good enough",)}
pytestmark = needs_bwrap


def evidence_of(report: Report) -> Evidence:
    assert report.problems == ()
    assert report.missing == ()
    assert report.evidence
    return report.evidence


def test_a_way_out_works_and_a_dead_end_does_not(run: Run):
    evidence = evidence_of(run())
    assert {(trial.remedy, trial.runs[0].worked) for trial in evidence.trials} == {
        ("mend", True),
        ("swear", False),
    }
    counted = {remedy: (t.worked, t.total) for remedy, t in trials(evidence).items()}
    assert counted == {"mend": (1, 1), "swear": (0, 1)}


def test_the_output_of_the_trigger_is_kept(run: Run):
    (scenario,) = evidence_of(run()).scenarios
    (shown,) = scenario.shown
    assert shown.output == ("frobnicate: the state of /home/dev/project is not good enough",)
    assert shown.status == 3
    assert evidence_of(run()).tools["bash"].startswith("GNU bash")


def test_each_remedy_starts_from_a_fresh_copy(run: Run):
    text = RECIPE.replace("apply: echo good > state", "apply: touch ~/trace; echo good > state")
    text = text.replace("apply: echo damn > state", "apply: test -e ~/trace && echo good > state")
    assert [trial.runs[0].worked for trial in evidence_of(run(text)).trials] == [True, False]


def test_two_runs_differ_in_nothing(run: Run):
    day = date(2026, 11, 21)
    one, other = (write_evidence(evidence_of(run(today=day, jobs=jobs))) for jobs in (1, 4))
    assert one == other
    assert not re.search(r"/tmp/|/root|wayout-", one)


def test_a_remedy_that_passes_with_a_failed_check_has_failed(run: Run):
    text = RECIPE.replace("apply: echo good > state", "apply: echo good > state; touch broken")
    trial = evidence_of(run(text)).trials[0]
    assert not trial.runs[0].worked
    assert trial.runs[0].why == "it ended well, and the check failed"


def test_a_trigger_that_succeeds_is_reported(run: Run):
    report = run(RECIPE.replace("echo bad > state", "echo good > state"))
    assert report.problems == ("bad-state: the trigger succeeded, and it must fail",)
    assert report.evidence
    assert report.evidence.trials == ()


def test_another_message_is_reported(run: Run):
    report = run(RECIPE.replace("trigger: bash tool", "trigger: echo other; exit 1"))
    assert "Wayout put no entry first and not frob/bad-state" in report.problems[0]


def test_the_right_cause_is_demanded_where_the_recipe_says_so(run: Run):
    report = run(RECIPE.replace("cause: bad\n", "cause: bad\n    recognise: bad\n"))
    (shown,) = evidence_of(report).scenarios[0].shown
    assert shown.cause == "bad"


def test_a_failing_setup_is_reported_with_its_last_lines(run: Run):
    report = run(RECIPE.replace("setup: echo bad > state", "setup: echo why; false; echo never"))
    assert report.problems == ("bad-state: the set-up failed with status 1:\nwhy",)


def test_a_remedy_that_cannot_run_is_a_problem_and_no_trial(run: Run):
    report = run(RECIPE.replace("echo good > state", "no-such-command"))
    assert report.problems[0].startswith("bad-state · mend: `apply` cannot run: ")
    assert report.evidence
    assert [trial.remedy for trial in report.evidence.trials] == ["swear"]


def test_a_hostile_remedy_is_stopped_and_the_others_are_tried(run: Run):
    text = RECIPE.replace("setup: |", "limits: {stage_s: 1}\nsetup: |")
    report = run(text.replace("echo good > state", "sleep 600"))
    assert report.problems == ("bad-state · mend: stopped: it took longer than 1 seconds",)
    assert report.evidence
    assert [trial.remedy for trial in report.evidence.trials] == ["swear"]


def test_a_missing_tool_is_missing_and_not_a_failure(run: Run):
    report = run(RECIPE.replace("tools: [bash]", "tools: [bash, frobnicator]"))
    assert report == Report("frob/bad-state", missing=("frobnicator",))


@needs_bwrap
def test_a_program_on_the_path_that_is_not_the_systems_is_shown_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program = tmp_path / "mine" / "frobnicator"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && exec echo 4.2\nexec bash tool\n')
    program.chmod(0o755)
    (program.parent / "secret").touch()
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    text = RECIPE.replace("tools: [bash]", "tools: [frobnicator]").replace(
        "trigger: bash tool", "trigger: test ! -e /opt/programs/secret && frobnicator"
    )
    report = run(text)
    assert report.problems == ()
    assert report.evidence
    assert report.evidence.tools == {"frobnicator": "4.2"}


def test_an_unprepared_version_is_missing(run: Run):
    text = RECIPE.replace("tools: [bash]", "tools: [bash, {name: pip, versions: ['26.3']}]")
    assert run(text).missing == ("pip==26.3 (run `wayout reproduce --prepare`)",)


def test_a_recipe_that_does_not_fit_is_refused(run: Run):
    with pytest.raises(ContentError, match="no cause `worse`"):
        run(RECIPE.replace("cause: bad", "cause: worse"))


def test_progress_is_told(run: Run):
    told: list[tuple[str, int, int, str]] = []
    run(progress=lambda *what: told.append(what))
    assert told == [
        ("frob/bad-state", 1, 3, "bad-state"),
        ("frob/bad-state", 2, 3, "bad-state · mend"),
        ("frob/bad-state", 3, 3, "bad-state · swear"),
    ]


def test_evidence_is_kept_beside_the_entry_and_compared(
    entry: Entry, write: Callable[..., Path], content: Path, tmp_path: Path
):
    write(entry)
    write("frob/bad-state.repro.yaml", RECIPE)
    path = content / "frob" / "bad-state.evidence.json"

    def run(**options: bool) -> Report:
        chosen, matcher = choose([content], frozenset({entry.id}))
        (report,) = reproduce_all(chosen, matcher, tmp_path, **options)
        return report

    assert [one.changed for one in choose([content], frozenset())[0]] == [True]
    assert "there is no evidence" in run(check=True).problems[0]
    report = run()
    kept = read_evidence(path.read_text(), path.name)
    assert kept == report.evidence
    assert choose([content], frozenset(), changed=True)[0] == []
    assert run(check=True).problems == ()
    text = write_evidence(kept).replace('"worked": true', '"worked": false')
    keep(read_evidence(text, "x"), path)
    assert run(check=True).problems == (
        "mend · bad-state came out otherwise than the evidence says",
    )


def test_the_quickest_recipes_are_those_with_the_fewest_runs(
    entry: Entry, write: Callable[..., Path], content: Path
):
    for name, runs in (("long", 3), ("none", None), ("short", 2), ("other", 2)):
        one = entry.model_copy(update={"id": f"frob/{name}"})
        write(one)
        write(f"frob/{name}.repro.yaml", RECIPE)
        if runs is not None:
            worked = {("mend", "bad-state"): (True,), ("swear", "bad-state"): (False,)}
            evidence = make_evidence(one, RECIPE, dict(list(worked.items())[: runs - 1]), OUTPUT)
            write(f"frob/{name}.evidence.json", write_evidence(evidence))

    def names(runs: int) -> list[str]:
        return [one.entry.slug for one in quickest(choose([content], frozenset())[0], runs)]

    assert names(1) == ["none"]
    assert names(4) == ["none", "other", "short"]
    assert names(6) == ["none", "other", "short"]
    assert names(7) == ["none", "other", "short", "long"]


def test_a_broken_recipe_hinders_no_other(
    entry: Entry, write: Callable[..., Path], content: Path, tmp_path: Path
):
    write(entry)
    write("frob/bad-state.repro.yaml", RECIPE)
    write(entry.model_copy(update={"id": "frob/other"}))
    write("frob/other.repro.yaml", "tools: bash")
    chosen, matcher = choose([content], frozenset())
    reports = {one.entry_id: one for one in reproduce_all(chosen, matcher, tmp_path)}
    assert reports["frob/other"].problems[0].startswith("content/frob/other.repro.yaml:1:")
    assert reports["frob/bad-state"].evidence


def test_a_wanted_entry_that_cannot_be_read_is_refused(write: Callable[..., Path], content: Path):
    write("frob/bad-state.md", "nothing")
    write("frob/bad-state.repro.yaml", RECIPE)
    with pytest.raises(ContentError, match=r"frob/bad-state\.md"):
        choose([content], frozenset({"frob/bad-state"}))
