"""What `wayout check` says of recipes and evidence, at their places."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.check import check
from app.errors import Level
from app.reproduce.evidence import write_evidence
from tests.reproduced import MESSAGE, OUTPUTS, RECIPE, WORKED, make_evidence
from tests.samples import CHINESE, make_entry

Reproduce = Callable[..., None]


@pytest.fixture
def reproduce(write: Callable[..., Path]) -> Reproduce:
    """Writes the sample entry with a recipe and the evidence of another state of the two."""

    def write_all(
        recipe: str = RECIPE,
        entry: Mapping[str, Any] | None = None,
        evidence: str | None = None,
        **changes: Any,
    ) -> None:
        written = make_entry(**(entry or {}))
        write(written)
        write("pip/hash-mismatch.repro.yaml", recipe)
        if evidence is None:
            evidence = write_evidence(make_evidence(written, **changes))
        write("pip/hash-mismatch.evidence.json", evidence)

    return write_all


def complaints(content: Path, level: Level = Level.ERROR) -> list[str]:
    return [str(one) for one in check([content]).problems if one.level is level]


def test_evidence_that_bears_out_the_entry_passes(content: Path, reproduce: Reproduce):
    reproduce()
    assert complaints(content) == []
    assert complaints(content, Level.WARNING) == []


def test_a_broken_recipe_is_reported_at_its_place(content: Path, reproduce: Reproduce):
    reproduce(RECIPE.replace("trigger: pip install tiny", "triger: pip install tiny"))
    assert any(
        one.startswith("content/pip/hash-mismatch.repro.yaml:12:5: unknown key")
        for one in complaints(content)
    )


def test_a_recipe_that_does_not_fit_is_reported_at_its_place(content: Path, reproduce: Reproduce):
    reproduce(RECIPE.replace("cause: index-hash", "cause: index-hush"))
    (found,) = complaints(content)
    assert found.startswith("content/pip/hash-mismatch.repro.yaml:11:5: pip/hash-mismatch has no")


def test_broken_evidence_is_reported(content: Path, reproduce: Reproduce):
    reproduce(evidence="{}")
    assert any("hash-mismatch.evidence.json:1:1: " in one for one in complaints(content))


def test_evidence_of_another_recipe_is_out_of_date(content: Path, reproduce: Reproduce):
    reproduce(RECIPE.replace("ensurepip", "ensurepip --upgrade"))
    (found,) = complaints(content, Level.WARNING)
    assert found == (
        "content/pip/hash-mismatch.evidence.json:1:1: warning: the evidence is of another recipe, "
        "or of other claims of the entry; run `wayout reproduce pip/hash-mismatch`"
    )
    assert complaints(content) == []


def test_a_recipe_without_evidence_says_what_to_run(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.repro.yaml", RECIPE)
    (found,) = complaints(content, Level.WARNING)
    assert "the recipe has no evidence; run `wayout reproduce pip/hash-mismatch`" in found


def test_a_workaround_that_never_worked_is_an_error(content: Path, reproduce: Reproduce):
    reproduce(worked={**WORKED, ("regenerate", "version-raised"): (True, False)})
    (found,) = complaints(content)
    assert found.startswith("content/pip/hash-mismatch.md:")
    assert "the workaround `regenerate` worked in 0 of 1 scenarios; mend its commands" in found


def test_a_workaround_that_worked_in_places_needs_a_condition(content: Path, reproduce: Reproduce):
    without = [dict(one) for one in make_entry().model_dump()["workarounds"]]
    without[1]["condition"] = None
    reproduce(entry={"workarounds": without})
    (found,) = complaints(content, Level.WARNING)
    assert "the workaround `drop-hashes` worked in 1 of 2 scenarios; add `condition`" in found


@pytest.mark.parametrize("excuse", [None, "harm", "condition"])
def test_a_dead_end_that_worked_needs_an_excuse(
    content: Path, reproduce: Reproduce, excuse: str | None
):
    changed = [dict(one) for one in make_entry().model_dump()["dead_ends"]]
    if excuse:
        changed[0][excuse] = "Works when nobody looks; fails when somebody does."
    worked = {**WORKED, ("reinstall-pip", "version-raised"): (True, True)}
    reproduce(entry={"dead_ends": changed}, worked=worked)
    found = complaints(content)
    assert len(found) == (excuse is None)
    for one in found:
        assert "`reinstall-pip` worked in 1 of 1 scenarios: version-raised; say its" in one


def test_captured_output_stands_for_an_example(content: Path, reproduce: Reproduce):
    reproduce(entry={"examples": None})
    assert complaints(content) == []


def test_captured_output_must_lead_to_the_entry(content: Path, reproduce: Reproduce):
    reproduce(outputs={**OUTPUTS, "other-file": ("something else",)})
    what = "the output of `other-file` by pip 23.3.2 is found by none of the signatures"
    assert any(
        one.startswith(f"content/pip/hash-mismatch.repro.yaml:9:5: {what}")
        for one in complaints(content)
    )


def test_captured_output_must_show_the_cause_that_the_recipe_demands(
    content: Path, reproduce: Reproduce
):
    other = (MESSAGE, "x #sha256=00", "Expected sha256 00")
    reproduce(outputs={"version-raised": other, "other-file": other})
    found = complaints(content)
    assert len(found) == 2
    assert all("`version-raised` by pip" in one for one in found)
    assert "speaks for the cause `index-hash`" in found[0]


def test_words_that_are_not_in_chinese_are_named(
    content: Path, reproduce: Reproduce, write: Callable[..., Path]
):
    recipe = RECIPE.replace(", skip_zh: 谁也不该这么做", "")
    reproduce(recipe)
    write("pip/hash-mismatch.zh.md", CHINESE)
    found = [one for one in complaints(content, Level.WARNING) if "repro.yaml" in one]
    assert [one.partition(" warning: ")[2] for one in found] == [
        "`title` is not in Chinese, and the entry is; add `title_zh`",
        "`skip` is not in Chinese, and the entry is; add `skip_zh`",
    ]
