"""What the checker finds inside an entry and between entries."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.catalogue.check import check
from tests.samples import CHINESE, make_entry


def complaints(content: Path) -> list[str]:
    return [str(problem) for problem in check([content]).problems]


def remedy(**changes: object) -> dict[str, object]:
    return {"id": "clear-cache", "title": "Clear the cache", "explanation": "Why not.", **changes}


def test_a_good_entry_gives_no_complaint(content: Path, write: Callable[..., Path]):
    write(make_entry())
    assert complaints(content) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"workarounds": (remedy(when=("stale-hsh",)),)},
            "the cause `stale-hsh` does not exist; write `stale-hash`",
        ),
        (
            {"workarounds": (remedy(), remedy())},
            "the id `clear-cache` stands twice; choose another",
        ),
        (
            {"workarounds": (remedy(),), "dead_ends": (remedy(title="x"),)},
            "the id `clear-cache` stands twice",
        ),
        (
            {"workarounds": (remedy(risk="destructive", risk_reason="deletes files"),)},
            "the first workaround is destructive; put a safe one first",
        ),
        (
            {"dead_ends": (remedy(estimate=0.8),)},
            "a dead end that is expected to help 80% of readers; "
            "write it as a workaround, lower `estimate`, or say its `harm`",
        ),
        (
            {"meaning": "Set <b>this</b>."},
            "`meaning` has HTML outside code: <b>; write `<b>` in backquotes",
        ),
        ({"meaning": "A <script>alert(1)</script>."}, "has HTML outside code: <script>"),
        ({"meaning": "```\nls\n```"}, "`meaning` has a code block without a language"),
        ({"meaning": "```sh\n$ ls\n```"}, "has a prompt in a command: '$ l'"),
        (
            {"meaning": "![x](nowhere.png)"},
            "shows the image nowhere.png, which is not beside the entry",
        ),
        (
            {"diagnose": "See [the cause](#cause-stale-hsh)."},
            "the linked place `#cause-stale-hsh` does not exist; write `cause-stale-hash`",
        ),
        (
            {"diagnose": "See [there](/pip/hash-mismatch#workaround-nothing)."},
            "the linked place `#workaround-nothing` does not exist",
        ),
        (
            {"related": ({"id": "pip/nowhere", "relation": "leads-to"},)},
            "the entry `pip/nowhere` does not exist",
        ),
        (
            {"related": ({"id": "pip/hash-mismatch", "relation": "leads-to"},)},
            "is related to itself",
        ),
        (
            {"aliases": ("pip/hash-mismatch",)},
            "the alias `pip/hash-mismatch` is taken by `pip/hash-mismatch`",
        ),
        (
            {"meaning": "See [there](/pip/nowhere)."},
            "the linked entry `pip/nowhere` does not exist",
        ),
        (
            {
                "meaning": "This sentence is long enough to be noticed when it stands twice in one entry.",
                "prevention": "This sentence is long enough to be noticed when it stands twice in one entry.",
            },
            "`prevention` says again what `meaning` says",
        ),
    ],
)
def test_a_fault_inside_an_entry_is_found(
    content: Path, write: Callable[..., Path], changes: dict[str, object], complaint: str
):
    write(make_entry(**{"examples": None, **changes}))
    assert any(complaint in one for one in complaints(content)), complaints(content)


def test_the_same_action_here_and_there_needs_a_condition(
    content: Path, write: Callable[..., Path]
):
    write(make_entry(workarounds=(remedy(action="clear-cache"),), examples=None))
    write(
        make_entry(
            id="pip/other",
            title="Another",
            dead_ends=(remedy(id="purge", action="clear-cache"),),
            examples=None,
        )
    )
    found = [one for one in complaints(content) if "clear-cache" in one]
    assert len(found) == 2
    assert "`clear-cache` is a dead end in pip/other#purge; add `condition`" in found[0]
    assert "`clear-cache` is a workaround in pip/hash-mismatch#clear-cache" in found[1]


def test_the_same_commands_are_the_same_action(content: Path, write: Callable[..., Path]):
    first = remedy(explanation="Do:\n\n```sh\npip  install <x>\n```")
    second = remedy(id="purge", explanation="Try:\n\n```sh\npip install <package>\n```")
    write(make_entry(workarounds=(first,), dead_ends=(second,), examples=None))
    assert len([one for one in complaints(content) if "`pip install <>`" in one]) == 2


def test_a_condition_settles_a_contested_action(content: Path, write: Callable[..., Path]):
    condition = "Works when the cached file is damaged; fails when the server sends it."
    first = remedy(action="clear-cache", condition=condition)
    second = remedy(id="purge", action="clear-cache", condition=condition)
    write(make_entry(workarounds=(first,), dead_ends=(second,), examples=None))
    assert [one for one in complaints(content) if "clear-cache" in one] == []


def test_the_same_title_twice_is_found(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write(make_entry(id="pip/other"))
    assert any(
        "`pip/hash-mismatch` has the same title; tell them apart" in one
        for one in complaints(content)
    )


def test_a_complaint_stands_at_the_line_of_its_value(content: Path, write: Callable[..., Path]):
    path = write(make_entry(workarounds=(remedy(when=("stale-hash", "nope")),), examples=None))
    line = path.read_text().split("\n").index("- nope") + 1
    (found,) = [one for one in complaints(content) if "nope" in one]
    assert found.startswith(
        f"content/pip/hash-mismatch.md:{line}:3: the cause `nope` does not exist"
    )


@pytest.mark.parametrize(
    ("chinese", "complaint"),
    [
        ("下载的文件,不一致。", "half-width `,` in Chinese: “下载的文件,不一致。”; write `，`"),
        ("使用pip安装。", "no space between Chinese and Latin"),
        ("使用 pip ，安装。", "a space beside full-width punctuation"),
        ("使用`pip`安装。", "no space between Chinese and Latin: “使用`…`安装。”"),
        ("Not translated.", "`summary` has no Chinese in it; translate it"),
        ("使用 `foo` 安装。", "has inline code that the English lacks: foo"),
    ],
)
def test_chinese_typography_is_checked(
    content: Path, write: Callable[..., Path], chinese: str, complaint: str
):
    write(make_entry())
    text = CHINESE.replace("下载的文件与预期的哈希值不一致，pip 拒绝安装。", chinese)
    write("pip/hash-mismatch.zh.md", text.replace("{#summary}", f"{{#summary of={_hash()}}}"))
    assert any(complaint in one for one in complaints(content)), complaints(content)


def _hash() -> str:
    from app.entry import parts

    return next(part.hash for part in parts(make_entry()) if part.key == "summary")


def test_good_chinese_gives_no_complaint(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    assert [one for one in complaints(content) if "in Chinese" in one or "beside" in one] == []
