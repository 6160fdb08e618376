"""What the documentation names exists, and what exists is named there."""

import re
from pathlib import Path

import typer

from app.cli import cli
from app.config import Settings
from app.entry import SECTIONS, Category, Entry, Severity, Status
from app.reproduce.bubblewrap import HELPERS
from app.reproduce.recipe import Attempt, Limits, Recipe, Scenario

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "docs" / "entry-format.md").read_text(encoding="utf-8")
REPRODUCTIONS = (ROOT / "docs" / "reproductions.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme_and_no_other():
    variables = {f"WAYOUT_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"WAYOUT_[A-Z_]+", README)) == variables


def test_every_command_of_the_readme_exists():
    commands = set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]
    assert set(re.findall(r"^    wayout ([a-z]+)|`wayout ([a-z]+)", README, re.MULTILINE)) != set()
    named = {
        one or other
        for one, other in re.findall(r"^    wayout ([a-z]+)|`wayout ([a-z]+)", README, re.MULTILINE)
    }
    assert named <= commands
    assert commands <= named | set(re.findall(r"`([a-z]+)`", README))


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) - {"sure"} <= targets


def test_every_field_and_section_is_in_the_entry_format():
    derived = {"id", "translations"}
    items = {
        "summary",
        "meaning",
        "causes",
        "diagnose",
        "workarounds",
        "dead_ends",
        "verify",
        "local",
        "examples",
        "how_it_works",
        "prevention",
    }
    for field in set(Entry.model_fields) - derived - items:
        assert f"`{field}`" in FORMAT, field
    for heading in SECTIONS.values():
        assert f"`## {heading}`" in FORMAT
    for values in (Category, Severity, Status):
        for value in values:
            assert value.value in FORMAT


def test_links_between_documents_lead_somewhere():
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(
            r"\]\((?!https?://|/|#)([^)#\s]+)", document.read_text(encoding="utf-8")
        ):
            if "<" not in target and not target.endswith("hash-mismatch-page.png"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_key_and_helper_of_a_recipe_is_in_its_documentation():
    for model in (Recipe, Scenario, Attempt, Limits):
        for key in set(model.model_fields) - {"id"}:
            assert re.search(rf"`(?:[\w.\[\]]*\.)?{key}`|^ *{key}:", REPRODUCTIONS, re.MULTILINE), (
                key
            )
    shell = (HELPERS / "helpers.sh").read_text(encoding="utf-8")
    for function in re.findall(r"^([a-z]\w*)\(\)", shell, re.MULTILINE):
        assert f"`{function}" in REPRODUCTIONS, function
