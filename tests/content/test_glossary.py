"""The glossary of a content folder: one word for each term, kept by the checks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.catalogue.build import build
from app.catalogue.check import check
from app.content.authoring import stamp_translation
from app.content.folder import list_folders
from app.content.glossary import Glossary, read_glossary
from tests.samples import CHINESE, make_entry

TERMS = """terms:
  - {term: hash, zh: 哈希值, not: [散列, 杂凑]}
  - {term: lock file, also: [lockfile], zh: 锁文件, not: [文件锁, 锁定文件]}
  - {term: file, zh: 文件, not: [档案], never: [资料夹]}
"""


def glossary(text: str = TERMS) -> Glossary:
    found, problems = read_glossary(text, "content/glossary.yaml")
    assert found, problems
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("english", "chinese", "complaints"),
    [
        ("The hash differs.", "哈希值不同。", []),
        ("The hash differs.", "散列不同。", [("says `散列` for “hash”", "write `哈希值`")]),
        ("The hashes differ.", "散列不同。", [("says `散列` for “hash”", "write `哈希值`")]),
        ("The dictionary differs.", "散列表不同。", []),
        ("Rehashing.", "散列。", []),
        ("Two lock-files", "两个锁定文件", [("says `锁定文件` for “lock file”", "write `锁文件`")]),
        ("The lockfile", "文件锁", [("says `文件锁` for “lock file”", "write `锁文件`")]),
        ("Anything", "资料夹", [("says `资料夹`", "write `文件`")]),
        ("The hash", "`散列` 不同", []),
        ("Run `hash`", "散列", []),
    ],
)
def test_a_word_that_is_not_the_terms_is_named(english, chinese, complaints):
    assert list(glossary().complaints(english, chinese)) == complaints


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("terms: [", "is not YAML"),
        ("term: []", "unknown key `term`; write `terms`"),
        ("terms: [{term: hash}]", "`terms[0].zh` is missing"),
        ("terms: [{term: hash, zh: 哈希值, nor: [x]}]", "unknown key `nor`"),
        (
            "terms: [{term: hash, zh: 哈希, not: [哈希]}]",
            "`哈希` is the word for `hash`, and forbidden",
        ),
        (
            "terms:\n- {term: a, zh: 甲}\n- {term: b, also: [A], zh: 乙}",
            "3:3: the term `A` stands twice",
        ),
    ],
)
def test_a_broken_glossary_says_where(
    content: Path, write: Callable[..., Path], text: str, complaint: str
):
    write(make_entry())
    write("glossary.yaml", text)
    listing = list_folders([content])
    shown = [str(problem) for problem in listing.problems]
    assert any(complaint in one and one.startswith("content/glossary.yaml:") for one in shown), (
        shown
    )
    assert "pip/hash-mismatch" in listing.entries


def test_an_entry_is_checked_again_when_the_glossary_changes(
    content: Path, write: Callable[..., Path], tmp_path: Path
):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    before = check([content]).problems
    catalogue = tmp_path / "catalogue.sqlite"
    build([content], catalogue)
    write("glossary.yaml", "terms:\n  - {term: hash, zh: 杂凑值, not: [哈希值]}\n")
    added = set(check([content]).problems) - set(before)
    assert added
    for problem in added:
        assert problem.path == "content/pip/hash-mismatch.zh.md"
        assert problem.line > 1
        assert "says `哈希值` for “hash”" in problem.what
    assert added <= set(build([content], catalogue).problems)


def test_the_bundled_glossary_is_whole():
    file = Path(__file__).parents[2] / "content" / "glossary.yaml"
    assert len(glossary(file.read_text(encoding="utf-8")).terms) >= 40
