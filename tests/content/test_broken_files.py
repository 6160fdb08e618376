"""Every way to break a file gives a complaint at the right line, with what to write instead."""

from pathlib import Path

import pytest

from app.content import json as json_documents
from app.content import markdown
from app.errors import ContentError
from tests.samples import make_entry

GOOD = markdown.write_entry(make_entry())


def complaints(text: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        markdown.read_entry(text, "pip/hash-mismatch", "x.md")
    return str(caught.value).split("\n")


def line_of(text: str, marker: str) -> int:
    return text[: text.index(marker)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "marker", "complaint"),
    [
        ("title:", "titel:", "titel:", "unknown key `titel`; write `title`"),
        (
            "category: install",
            "category: instal",
            "category:",
            "`category` is `instal`; write `authentication`",
        ),
        ("## Causes", "## Reasons", "## Reasons", "unknown section `Reasons`; write"),
        ("## Verify", "## Verfy", "## Verfy", "unknown section `Verfy`; write `## Verify`"),
        (
            "{#stale-hash}",
            "{#Stale_Hash}",
            "{#Stale_Hash}",
            "`causes[0].id` is `Stale_Hash`; write lower-case",
        ),
        (
            " {#stale-hash}",
            "",
            "### The requirements file",
            "`causes[0].id` is missing; write `id`",
        ),
        (
            "estimate: 0.9",
            "estimate: often",
            "estimate: often",
            "`workarounds[0].estimate` is `often`",
        ),
        ("estimate: 0.9", "estimate: 1.9", "estimate: 1.9", "`workarounds[0].estimate` is `1.9`"),
        (
            "risk: weakens-security",
            "risk: bad",
            "risk: bad",
            "is `bad`; write `safe`, `weakens-security` or",
        ),
        (
            "risk_reason:",
            "risk_reson:",
            "risk_reson:",
            "unknown key `risk_reson`; write `risk_reason`",
        ),
        (
            "affected: '>=8.0'",
            "affected: newer",
            "affected: newer",
            'write one like ">=8.0" or ">=8.0,<23"',
        ),
        ("line: 172", "line: 0", "line: 0", "`triggered_by[0].line` is `0`"),
        ("url: https://pip", "url: pip", "url: pip", "write an address that begins with https://"),
        (
            "category: install",
            "category: install\ncategory: build",
            "category: build",
            "stands twice, first in line",
        ),
        ("## Diagnose", "## Summary", "## Summary\n\n1.", "the section `Summary` stands twice"),
        (
            "code: HASH_MISMATCH",
            "code: &a HASH_MISMATCH",
            "code: &a",
            "anchors and aliases are not allowed",
        ),
        ("code: HASH_MISMATCH", "code: [", "tags:", "is not YAML"),
        ("code: HASH_MISMATCH", "code: HASH\tMISMATCH\x07", "", "is not YAML"),
        ("The file is *not* installed.", "# The file", "# The file", "a heading of level 1"),
        ("The file is *not* installed.", "### The file", "### The file", "a heading of level 3"),
        (
            "The file is *not* installed.",
            "```sh\nls",
            "```sh\nls",
            "a fenced block without an end before ````yaml meta`; close it",
        ),
        (
            "code: HASH_MISMATCH",
            "id: pip/x",
            "id: pip/x",
            "remove it: the path of the file is the id",
        ),
        ("code: HASH_MISMATCH", "summary: x", "summary: x", "write it as a section `## Summary`"),
    ],
)
def test_a_broken_file_is_reported_at_its_line(old: str, new: str, marker: str, complaint: str):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    found = complaints(text)
    assert any(complaint in one for one in found), found
    if marker:
        line = line_of(text, marker)
        assert any(one.startswith(f"x.md:{line}:") and complaint in one for one in found), found


def test_all_complaints_come_at_once():
    text = GOOD.replace("category: install", "category: x").replace("estimate: 0.9", "estimate: x")
    assert (
        len(complaints(text.replace("## Verify", "## Verfy"))) == 4
    )  # the last one is also missing


def test_missing_parts_are_named():
    start = GOOD.index("## Verify")
    end = GOOD.index("## Examples")
    assert complaints(GOOD[:start] + GOOD[end:]) == [
        "x.md:1:1: `verify` is missing; write `verify`"
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "x.md:1:1: no front matter; begin the file with a line `---`"),
        ("---\ntitle: x\n", "x.md:1:1: the front matter has no end; close it with a line `---`"),
        (
            "---\n- x\n---\n",
            "x.md:2:1: the front matter is not a mapping; write `key: value` lines",
        ),
        ("---\ntitle: x\n---\n\nWords.\n", "x.md:5:1: text before the first section"),
        ("---\n" + "[" * 100 + "\n---\n", "nested more than 20 deep"),
    ],
    ids=["empty", "no end", "a list", "text first", "deep"],
)
def test_a_file_without_outline_is_reported(text: str, complaint: str):
    assert complaint in complaints(text)[0]


def test_a_yaml_bomb_is_refused_at_its_first_anchor():
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n"
    assert complaints(bomb) == [
        "x.md:2:4: anchors and aliases are not allowed; write the value out"
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{\n  "title": 1,\n}', "x.json:3:1: is not JSON"),
        ("[1]", "x.json:1:1: the document is not a mapping; begin it with `{`"),
        ('{"title": NaN}', "x.json:1:1: is not JSON: NaN is not a JSON number"),
        ('{"a": 1,\n "a": 2}', "x.json:2:2: `a` stands twice; keep one"),
        ("[" * 100_000, "x.json:1:1: nested more than 20 deep"),
        ('{"a": ' * 30 + "1" + "}" * 30, "nested more than 20 deep"),
    ],
    ids=["comma", "list", "nan", "twice", "recursion", "deep"],
)
def test_broken_json_is_reported(text: str, complaint: str):
    with pytest.raises(ContentError) as caught:
        json_documents.read_entry(text, "pip/x", "x.json")
    assert complaint in str(caught.value)


def test_a_wrong_value_in_json_is_reported_at_its_line(tmp_path: Path):
    text = json_documents.write_entry(make_entry()).replace('"estimate": 0.9', '"estimate": 9')
    with pytest.raises(ContentError) as caught:
        json_documents.read_entry(text, "pip/hash-mismatch", "x.json")
    line = line_of(text, '"estimate": 9')
    assert str(caught.value).startswith(f"x.json:{line}:7: `workarounds[0].estimate` is `")


def test_control_characters_are_refused():
    text = GOOD.replace("The file is *not* installed.", "Red: \x1b[31m")
    assert "control character U+001B; remove it" in complaints(text)[0]
