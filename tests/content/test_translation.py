"""A translation against its English: fresh, stale, missing, or wrong."""

from collections.abc import Callable
from pathlib import Path

from app.content import markdown
from app.content.authoring import stamp_translation
from app.content.folder import list_folders, read_files
from app.content.translation import Freshness, localized, localized_entry
from app.entry import Entry, parts
from app.errors import Problem
from tests.samples import CHINESE, make_entry


def load(content: Path) -> tuple[Entry, list[Problem]]:
    loaded, problems = read_files(list_folders([content]).entries["pip/hash-mismatch"])
    assert loaded is not None
    return loaded.entry, problems


def test_stamping_says_which_english_each_part_was_made_from(
    content: Path, write: Callable[..., Path]
):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    _, before = load(content)
    assert any(
        "does not say which English text it was made from; write `of=" in str(one) for one in before
    )
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    entry, after = load(content)
    assert [str(one) for one in after if "not translated" not in str(one)] == []
    assert (
        localized(entry, "zh")["summary"].fields["text"]
        == "下载的文件与预期的哈希值不一致，pip 拒绝安装。"
    )


def test_one_changed_sentence_makes_exactly_one_part_stale(
    content: Path, write: Callable[..., Path]
):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    write(make_entry(summary="pip refuses the file."))
    entry, problems = load(content)
    stale = [
        key for key, part in localized(entry, "zh").items() if part.freshness is Freshness.STALE
    ]
    assert stale == ["summary"]
    assert localized(entry, "zh")["summary"].fields["text"] == "pip refuses the file."
    (problem,) = [one for one in problems if "stale" in one.what]
    assert "bring the text up to date and write `of=" in problem.instead
    stamp_translation("pip/hash-mismatch", "zh", frozenset(["summary"]), [content])
    assert not [one for one in load(content)[1] if "stale" in one.what]


def test_a_changed_command_reaches_the_translation_and_leaves_it_fresh(
    content: Path, write: Callable[..., Path]
):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    path = content / "pip" / "hash-mismatch.md"
    path.write_text(path.read_text().replace("pip-compile --generate-hashes", "uv pip compile"))
    part = localized(load(content)[0], "zh")["workarounds.regenerate"]
    assert part.freshness is Freshness.CURRENT
    assert part.fields["text"] == "重新编译：\n\n```sh\nuv pip compile <file>\n```"


def test_code_in_a_translation_is_refused(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE.replace("{code 1}", "```sh\nrm -rf /\n```"))
    assert any("has code of its own; write `{code 1}`" in str(one) for one in load(content)[1])


def test_a_reference_to_no_code_is_refused(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE.replace("{code 1}", "{code 2}"))
    assert any(
        "refers to the wrong code; write {code 1}, once each" in str(one)
        for one in load(content)[1]
    )


def test_a_part_that_the_english_lacks_is_refused_with_the_nearest(
    content: Path, write: Callable[..., Path]
):
    write(make_entry())
    path = write("pip/hash-mismatch.zh.md", CHINESE.replace("{#stale-hash}", "{#stale-hsh}"))
    line = path.read_text().split("\n").index("### 需求文件过期 {#stale-hsh}") + 1
    (found,) = [one for one in load(content)[1] if "has no part" in one.what]
    assert (found.line, found.instead) == (line, "write `causes.stale-hash`")


def test_a_new_translation_has_every_part(content: Path, write: Callable[..., Path]):
    write(make_entry())
    path = stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    translation, _ = markdown.read_translation(path.read_text(), "x")
    entry, problems = load(content)
    assert list(translation.parts) == [part.key for part in parts(entry)]
    assert [one for one in problems if one.level == "error"] == []


def test_a_reader_can_save_the_entry_in_chinese(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    local = localized_entry(load(content)[0], "zh")
    assert local.title == "软件包的哈希值与预期不符"
    assert local.versions[0].notes == "自支持哈希校验以来的所有版本。"
    assert local.workarounds[0].explanation.endswith("pip-compile --generate-hashes <file>\n```")
    assert local.verify == make_entry().verify
