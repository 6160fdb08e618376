"""The command line as a shell runs it: output, errors on stderr, exit status."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import app
from app.content import json as json_documents
from app.outcomes.model import Report
from app.outcomes.store import Outcomes
from app.outcomes.voice import Reader
from app.reproduce.evidence import write_evidence
from tests.reproduced import RECIPE, make_evidence
from tests.samples import make_entry


@pytest.fixture
def wayout(
    content: Path, three_entries: None, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command on the three entries, in a folder and with a cache of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=Path(app.__file__).parent.parent,
            env={
                **os.environ,
                "WAYOUT_CONTENT": str(content),
                "XDG_CACHE_HOME": str(tmp_path / "cache"),
                **environment,
            },
        )

    return run


def test_search_and_show_print_entries(wayout: Callable[..., subprocess.CompletedProcess[str]]):
    found = wayout("search", "hash", "mismatch")
    assert (found.returncode, found.stdout.split("\n")[0]) == (0, "pip/hash-mismatch")
    assert wayout("search", "哈希", "--lang", "zh").stdout.split("\n")[0] == "pip/hash-mismatch"
    shown = wayout("show", "pip/hash-mismatch").stdout
    assert "Regenerate the hashes" in shown
    assert "no trials yet: the author expects about 90%" in shown
    assert "\x1b" not in shown
    assert "软件包的哈希值与预期不符" in wayout("show", "pip/hash-mismatch", "--lang", "zh").stdout
    data = json.loads(wayout("show", "pip/hash-mismatch", "--json").stdout)
    assert data["workarounds"][0]["id"] == "regenerate"
    data = json.loads(wayout("search", "hash", "--json").stdout)
    assert data["items"][0]["id"] == "pip/hash-mismatch"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("search", "zzzzz"), 1, "wayout: nothing found for 'zzzzz'"),
        (
            ("show", "pip/hash-mismach"),
            1,
            "wayout: no entry pip/hash-mismach; did you mean pip/hash-mismatch?",
        ),
        (("show", "pip/hash-mismatch", "--lang", "fr"), 2, "wayout: --lang fr: write en or zh"),
        (("new", "Pip/X"), 1, "wayout: Pip/X is not an id: write it like pip/hash-mismatch"),
        (("new", "search/x"), 1, "wayout: search is the name of a page: choose another ecosystem"),
        (("translate", "pip/nowhere"), 1, "wayout: no entry pip/nowhere"),
        (
            ("build", "--catalogue", "/dev/null/x.sqlite"),
            1,
            "wayout: /dev/null/x.sqlite: cannot be written",
        ),
        (("check", "--content", "/nowhere"), 1, "0 entries, 1 error, 0 warnings"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_errors_are_one_line_and_a_status(
    wayout: Callable[..., subprocess.CompletedProcess[str]],
    arguments: tuple[str, ...],
    status: int,
    message: str,
):
    result = wayout(*arguments)
    assert (result.returncode, "Traceback" in result.stderr) == (status, False)
    assert message in result.stderr


def test_a_bad_setting_is_named(wayout: Callable[..., subprocess.CompletedProcess[str]]):
    result = wayout("build", WAYOUT_WORKERS="many")
    assert result.returncode == 1
    assert result.stderr.startswith("wayout: WAYOUT_WORKERS='many' cannot be used: write ")
    result = wayout("build", WAYOUT_BASE_URL="example.org")
    assert (
        "WAYOUT_BASE_URL='example.org' cannot be used: write an address that begins with"
        in result.stderr
    )


def test_check_prints_complaints_like_a_compiler(
    wayout: Callable[..., subprocess.CompletedProcess[str]], write: Callable[..., Path]
):
    write("pip/broken.md", "---\ntitel: x\n---\n")
    result = wayout("check")
    assert result.returncode == 1
    assert "content/pip/broken.md:2:1: unknown key `titel`; write `title`\n" in result.stdout
    rows = json.loads(wayout("check", "--json").stdout)
    assert {"path": "content/pip/broken.md", "line": 2}.items() <= next(
        row for row in rows if row["what"] == "unknown key `titel`"
    ).items()


def test_build_says_what_it_read(
    wayout: Callable[..., subprocess.CompletedProcess[str]], write: Callable[..., Path]
):
    assert "3 entries, 3 read" in wayout("build").stdout
    assert "3 entries, unchanged" in wayout("build").stdout
    write(make_entry(title="Changed"))
    assert "3 entries, 1 read" in wayout("build").stdout


def test_export_writes_documents(
    wayout: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
):
    lines = wayout("export").stdout.splitlines()
    entry = json_documents.read_entry(lines[1], "pip/hash-mismatch", "x")[0]
    assert entry.title == make_entry().title
    assert wayout("export", str(tmp_path / "all.ndjson")).returncode == 0
    assert (tmp_path / "all.ndjson").read_text().splitlines() == lines


def test_new_and_translate_write_files_that_are_read(
    wayout: Callable[..., subprocess.CompletedProcess[str]], content: Path
):
    assert (
        wayout("new", "git/not-a-repository")
        .stdout.strip()
        .endswith("content/git/not-a-repository.md")
    )
    assert "already" in wayout("new", "git/not-a-repository").stderr
    assert wayout("translate", "git/not-a-repository", "zh").returncode == 0
    assert (content / "git" / "not-a-repository.zh.md").exists()
    assert "git/not-a-repository" in wayout("search", "skeleton", "repository").stdout


def test_stats_count_by_ecosystem(wayout: Callable[..., subprocess.CompletedProcess[str]]):
    rows = json.loads(wayout("stats", "--json").stdout)
    assert [(row["ecosystem"], row["entries"]) for row in rows] == [
        ("node", 1),
        ("pip", 2),
        ("all", 3),
    ]
    assert wayout("stats").stdout.splitlines()[-1].split()[:2] == ["all", "3"]


def test_stats_count_what_was_reproduced(
    wayout: Callable[..., subprocess.CompletedProcess[str]], write: Callable[..., Path]
):
    evidence = make_evidence(make_entry())
    write("pip/hash-mismatch.repro.yaml", RECIPE)
    write("pip/hash-mismatch.evidence.json", write_evidence(evidence))
    total = json.loads(wayout("stats", "--json").stdout)[-1]
    assert (total["reproduced"], total["scenarios"], total["trials"]) == (1, 2, 4)


def test_help_is_quick_and_names_every_command(
    wayout: Callable[..., subprocess.CompletedProcess[str]],
):
    shown = wayout("--help").stdout
    for command in (
        "serve",
        "build",
        "check",
        "new",
        "search",
        "show",
        "export",
        "stats",
        "translate",
    ):
        assert f"\n  {command}" in shown
    assert wayout("--version").stdout == f"wayout {app.__version__}\n"


def test_outcomes_are_exported_deleted_and_imported(
    wayout: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
):
    database = f"sqlite:///{tmp_path}/reports.sqlite"
    store = Outcomes(database)
    store.record("pip/hash-mismatch", "regenerate", Report(worked=True), Reader("192.0.2.1", "x"))
    exported = wayout("outcomes", "export", WAYOUT_DATABASE_URL=database).stdout
    assert json.loads(exported.splitlines()[1])["worked"] is True
    file = tmp_path / "reports.ndjson"
    wayout("outcomes", "export", str(file), "--database-url", database)
    assert file.read_text() == exported
    assert file.stat().st_mode & 0o077 == 0
    shown = wayout("show", "pip/hash-mismatch", WAYOUT_DATABASE_URL=database).stdout
    assert "worked in 1 of 1" in shown
    deleted = wayout(
        "outcomes", "delete", "--entry", "pip/hash-mismatch", "--database-url", database
    )
    assert (deleted.returncode, deleted.stdout) == (0, "1 report\n")
    other = f"sqlite:///{tmp_path}/other.sqlite"
    imported = wayout("outcomes", "import", str(file), "--database-url", other)
    assert (imported.returncode, imported.stdout, imported.stderr) == (0, "1 report\n", "")
    # The voices are known again: the same reader is not counted twice.
    store = Outcomes(other)
    again = store.record(
        "pip/hash-mismatch", "regenerate", Report(worked=False), Reader("192.0.2.1", "x")
    )
    assert again is False


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("delete",), 2, "wayout: say which: --entry, --remedy, --voice or --before"),
        (("import", "/nowhere"), 2, "wayout: /nowhere: No such file or directory"),
        (("export", "/nowhere/x"), 1, "wayout: /nowhere/x: No such file or directory"),
        (("export", "--database-url", "mysql://x"), 1, "wayout: WAYOUT_DATABASE_URL='mysql://x'"),
        (
            ("export", "--database-url", "sqlite:////dev/null/x"),
            1,
            "wayout: the outcomes cannot be reached: /dev/null: File exists",
        ),
    ],
)
def test_outcomes_that_cannot_be_had_are_one_line(
    wayout: Callable[..., subprocess.CompletedProcess[str]],
    arguments: tuple[str, ...],
    status: int,
    message: str,
):
    done = wayout("outcomes", *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
