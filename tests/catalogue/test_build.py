"""Building: whole or not at all, reused when nothing changed, in part when little did."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.catalogue import build as build_module
from app.catalogue.build import build
from app.catalogue.current import CurrentCatalogue
from app.catalogue.queries import Catalogue
from app.catalogue.results import Filters
from app.config import Settings
from app.content import json as json_documents
from app.content import markdown
from app.content.authoring import stamp_translation
from app.errors import CatalogueError, UnknownEntry
from app.rates import Trials
from app.search.parse import parse
from tests.samples import CHINESE, make_entry


def dump(path: Path) -> list[str]:
    """Everything in a catalogue but the time of its build and the compiled matcher."""
    database = sqlite3.connect(path)
    tables = ("entry", "page", "tag", "alias", "attachment", "problem", "search")
    rows = [
        repr(row)
        for table in tables
        for row in database.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
    ]
    database.close()
    return [row.partition(", ")[2] if row.startswith("(1, ") else row for row in rows]


def test_a_build_is_reused_when_nothing_changed(settings: Settings, three_entries: None):
    first = build(settings.content, settings.catalogue_path)
    assert (first.entries, first.read, first.reused) == (3, 3, False)
    inode = settings.catalogue_path.stat().st_ino
    second = build(settings.content, settings.catalogue_path)
    assert (second.entries, second.read, second.reused) == (3, 0, True)
    assert settings.catalogue_path.stat().st_ino == inode


def test_one_changed_entry_is_read_alone_and_gives_the_same_catalogue(
    settings: Settings, three_entries: None, write: Callable[..., Path], tmp_path: Path
):
    build(settings.content, settings.catalogue_path)
    write(make_entry(title="A changed title"))
    (settings.content[0] / "node" / "require-esm.md").unlink()
    built = build(settings.content, settings.catalogue_path)
    assert (built.entries, built.read) == (2, 1)
    anew = tmp_path / "anew.sqlite"
    build(settings.content, anew)
    assert sorted(dump(settings.catalogue_path)) == sorted(dump(anew))


def test_a_broken_file_is_left_out_and_its_complaint_goes_when_it_is_mended(
    settings: Settings, three_entries: None, write: Callable[..., Path]
):
    write("pip/broken.md", "---\n")
    built = build(settings.content, settings.catalogue_path)
    assert built.entries == 3
    assert [problem.path for problem in built.problems if problem.level == "error"] == [
        "content/pip/broken.md"
    ]
    write(make_entry(id="pip/broken", title="Mended"))
    built = build(settings.content, settings.catalogue_path)
    assert built.entries == 4
    assert not [problem for problem in built.problems if problem.path == "content/pip/broken.md"]


def test_a_broken_file_that_is_deleted_takes_its_complaint_along(
    settings: Settings, three_entries: None, write: Callable[..., Path]
):
    path = write("pip/broken.md", "---\n")
    build(settings.content, settings.catalogue_path)
    path.unlink()
    built = build(settings.content, settings.catalogue_path)
    assert not [problem for problem in built.problems if "broken" in problem.path]


def test_the_last_good_version_stays_while_an_author_breaks_the_file(
    settings: Settings, three_entries: None, write: Callable[..., Path]
):
    build(settings.content, settings.catalogue_path)
    write("pip/hash-mismatch.md", "---\n")
    built = build(settings.content, settings.catalogue_path, keep_last_good=True)
    assert built.entries == 3
    page = Catalogue(settings.catalogue_path).page("pip/hash-mismatch", "en")
    assert page.card.title == make_entry().title
    assert [problem.what for problem in page.problems] == ["the front matter has no end"]
    # A plain build afterwards leaves the broken file out.
    assert build(settings.content, settings.catalogue_path).entries == 2


def test_a_problem_between_entries_has_its_line_in_an_incremental_build(
    settings: Settings, three_entries: None, write: Callable[..., Path]
):
    related = ({"id": "node/require-esm", "relation": "leads-to"},)
    path = write(make_entry(related=related))
    build(settings.content, settings.catalogue_path)
    (settings.content[0] / "node" / "require-esm.md").unlink()
    built = build(settings.content, settings.catalogue_path)
    line = path.read_text().split("\n").index("- id: node/require-esm") + 1
    (problem,) = [one for one in built.problems if "node/require-esm" in one.what]
    assert problem.line == line


def test_a_broken_link_of_a_translation_has_its_line_in_an_incremental_build(
    settings: Settings, three_entries: None, write: Callable[..., Path]
):
    link = "文件被改动过，见[另一条](/node/require-esm)。"
    path = write("pip/hash-mismatch.zh.md", CHINESE.replace("文件被改动过。", link))
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), settings.content)
    build(settings.content, settings.catalogue_path)
    (settings.content[0] / "node" / "require-esm.md").unlink()
    built = build(settings.content, settings.catalogue_path)
    (problem,) = [one for one in built.problems if "does not exist" in one.what]
    heading = next(line for line in path.read_text().split("\n") if "{#stale-hash" in line)
    assert problem.line == path.read_text().split("\n").index(heading) + 1


def test_two_builds_at_once_give_a_whole_catalogue_each(
    settings: Settings,
    three_entries: None,
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    build(settings.content, settings.catalogue_path)
    write(make_entry(id="node/new", title="A new title"))
    prepare = build_module._prepare_all
    begun = []

    def slowly(*arguments: Any) -> Any:
        if not begun:
            begun.append(True)
            build(settings.content, settings.catalogue_path)
        return prepare(*arguments)

    monkeypatch.setattr(build_module, "_prepare_all", slowly)
    assert build(settings.content, settings.catalogue_path).entries == 4
    anew = tmp_path / "anew.sqlite"
    build(settings.content, anew)
    assert sorted(dump(settings.catalogue_path)) == sorted(dump(anew))


def test_a_damaged_catalogue_is_built_anew(settings: Settings, three_entries: None):
    build(settings.content, settings.catalogue_path)
    settings.catalogue_path.write_bytes(b"SQLite format 3\0" + os.urandom(4000))
    assert build(settings.content, settings.catalogue_path).read == 3
    Catalogue(settings.catalogue_path).close()


def test_what_is_no_catalogue_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match="there is no catalogue: run `wayout build`"):
        Catalogue(tmp_path / "nowhere.sqlite")
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"hello")
    with pytest.raises(CatalogueError, match="is not a catalogue: delete it"):
        Catalogue(other)


def test_a_folder_that_cannot_be_written_is_a_clear_error(
    settings: Settings, three_entries: None, tmp_path: Path
):
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(CatalogueError, match="cannot be written"):
        build(settings.content, blocker / "catalogue.sqlite")


def test_a_killed_build_leaves_the_old_catalogue_whole(
    settings: Settings, three_entries: None, write: Callable[..., Path]
):
    build(settings.content, settings.catalogue_path)
    for number in range(40):
        write(make_entry(id=f"pip/entry-{number}", title=f"Entry {number}"))
    code = (
        "import sys; from pathlib import Path; from app.catalogue.build import build;"
        "print('ready', flush=True); build([Path(sys.argv[1])], Path(sys.argv[2]))"
    )
    for delay in (0.02, 0.1, 0.2, 0.4):
        command = [
            sys.executable,
            "-c",
            code,
            str(settings.content[0]),
            str(settings.catalogue_path),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.kill()
        process.wait()
        process.stdout.close()
        catalogue = Catalogue(settings.catalogue_path)
        assert catalogue.cards(Filters(), "en").total in (3, 43)
        assert catalogue.search(parse("hash"), "en").hits
        catalogue.close()


def test_a_server_notices_a_new_catalogue(
    settings: Settings,
    three_entries: None,
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
):
    build(settings.content, settings.catalogue_path)
    current = CurrentCatalogue(settings.catalogue_path)
    old = current.get()
    write(make_entry(title="Seen at once"))
    build(settings.content, settings.catalogue_path)
    monkeypatch.setattr(
        "app.catalogue.current.time.monotonic", lambda clock=time.monotonic: clock() + 10
    )
    assert current.get().page("pip/hash-mismatch", "en").card.title == "Seen at once"
    assert old.page("pip/hash-mismatch", "en").card.title == make_entry().title
    settings.catalogue_path.write_bytes(b"broken")
    assert current.get().page("pip/hash-mismatch", "en").card.title == "Seen at once"


def test_the_saved_json_gives_the_same_page(
    settings: Settings, content: Path, write: Callable[..., Path], tmp_path: Path
):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    build([content], settings.catalogue_path)
    catalogue = Catalogue(settings.catalogue_path)
    entry = catalogue.entry("pip/hash-mismatch")
    second = tmp_path / "second" / "pip"
    second.mkdir(parents=True)
    (second / "hash-mismatch.json").write_text(json_documents.write_entry(entry))
    build([second.parent], tmp_path / "second.sqlite")
    copy = Catalogue(tmp_path / "second.sqlite")
    for language in ("en", "zh"):
        ours, theirs = catalogue.page(entry.id, language), copy.page(entry.id, language)
        assert (ours.entry, ours.card, ours.parts) == (theirs.entry, theirs.card, theirs.parts)


def test_what_was_reproduced_is_in_the_rates(settings: Settings, write: Callable[..., Path]):
    write(make_entry())
    run = {"variant": None, "worked": True}
    trial = {"remedy": "drop-hashes", "applies": True, "apply": "x", "retry": None}
    evidence = {
        "entry": "pip/hash-mismatch",
        "basis": "0" * 16,
        "date": "2026-11-21",
        "sandbox": "bubblewrap",
        "tools": {},
        "scenarios": [],
        "skipped": [],
        "trials": [
            {**trial, "scenario": "one", "runs": [run]},
            {**trial, "scenario": "two", "runs": [{**run, "worked": False}]},
        ],
    }
    path = write("pip/hash-mismatch.evidence.json", json.dumps(evidence))
    assert build(settings.content, settings.catalogue_path).problems == ()
    catalogue = Catalogue(settings.catalogue_path)
    page = catalogue.page("pip/hash-mismatch", "en")
    assert page.trials == {"drop-hashes": Trials(1, 2)}
    kept = catalogue.evidence("pip/hash-mismatch")
    assert kept
    assert [trial.scenario for trial in kept.trials] == ["one", "two"]
    path.write_text("{")
    (problem,) = build(settings.content, settings.catalogue_path).problems
    assert problem.path == "content/pip/hash-mismatch.evidence.json"
    assert Catalogue(settings.catalogue_path).evidence("pip/hash-mismatch") is None


def test_many_entries_are_read_in_parallel_to_the_same_end(
    settings: Settings, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for number in range(70):
        write(f"pip/entry-{number}.md", markdown.write_entry(make_entry(title=f"Entry {number}")))
    seen: list[tuple[int, int]] = []
    build(settings.content, settings.catalogue_path, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (70, 70)
    monkeypatch.setattr("app.catalogue.build._PARALLEL_FROM", 1000)
    build(settings.content, tmp_path / "serial.sqlite")
    assert dump(settings.catalogue_path) == dump(tmp_path / "serial.sqlite")


def test_an_unknown_entry_names_its_neighbours(catalogue: Catalogue):
    with pytest.raises(UnknownEntry) as caught:
        catalogue.page("pip/hash-mismach", "en")
    assert str(caught.value) == "no entry pip/hash-mismach; did you mean pip/hash-mismatch?"
