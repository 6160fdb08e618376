"""What may lie in a content folder; whatever may not is named, and the rest is read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.content import json as json_documents
from app.content.folder import MAX_BYTES, list_folders, read_files
from tests.samples import CHINESE, make_entry


def complaints(folder: Path) -> list[str]:
    return [str(problem) for problem in list_folders([folder]).problems]


def test_entries_translations_and_attachments_are_listed(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    write("pip/hash-mismatch-page.png", b"\x89PNG")
    write("pip/README.md", "not an entry")
    listing = list_folders([content])
    assert listing.problems == []
    assert list(listing.entries["pip/hash-mismatch"].translations) == ["zh"]
    assert list(listing.attachments) == ["pip/hash-mismatch-page.png"]


def test_a_missing_folder_is_named(tmp_path: Path):
    (found,) = complaints(tmp_path / "nowhere")
    assert "the content folder does not exist; set WAYOUT_CONTENT to a folder" in found


def test_an_empty_folder_is_named(content: Path):
    assert complaints(content) == [
        "content:1:1: the content folder holds no entries; add one, such as pip/hash-mismatch.md"
    ]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        (
            "pip/Hash-Mismatch.md",
            "`Hash-Mismatch` is not a name in lower case with hyphens; rename it to `hash-mismatch.md`",
        ),
        ("pip/hash.mismatch.md", "files of the kind `.mismatch.md` are not served"),
        ("pip/hash_mismatch.md", "rename it to `hash-mismatch.md`"),
        ("Pip/x.md", "the folder `Pip` is not a name in lower case; rename the folder"),
        ("search/x.md", "the folder `search` is the name of a page; rename the folder"),
        ("api/x.md", "the folder `api` is the name of a page"),
        ("zh/x.md", "the folder `zh` is the name of a page"),
        ("x.md", "lies outside an ecosystem's folder; move it to content/<ecosystem>/"),
        ("pip/x.exe", "files of the kind `.exe` are not served"),
        ("pip/x.fr.md", "files of the kind `.fr.md` are not served"),
        ("pip/x.zh.md", "belongs to `pip/x`, which does not exist; write pip/x.md first"),
    ],
)
def test_a_misplaced_file_is_named(
    content: Path, write: Callable[..., Path], name: str, complaint: str
):
    write(make_entry())
    write(name, "---\n---\n")
    (found,) = complaints(content)
    assert found.startswith(f"content/{name}:1:1: ")
    assert complaint in found
    assert "pip/hash-mismatch" in list_folders([content]).entries


def test_the_same_id_twice_is_refused(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.json", json_documents.write_entry(make_entry()))
    (found,) = complaints(content)
    assert "the id `pip/hash-mismatch` is taken by hash-mismatch.json; keep one of the two" in found


def test_a_link_out_of_the_folder_is_refused(
    content: Path, write: Callable[..., Path], tmp_path: Path
):
    write(make_entry())
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    (content / "pip" / "secret.md").symlink_to(secret)
    assert complaints(content) == [
        "content/pip/secret.md:1:1: is a symbolic link out of the content folder; copy the file here"
    ]


def test_a_huge_file_is_not_read(content: Path, write: Callable[..., Path]):
    write("pip/huge.md", "x" * (MAX_BYTES * 10))
    assert "is 10,000,000 bytes long, over the limit of 1,000,000" in complaints(content)[0]


def test_a_link_to_itself_is_named(content: Path, write: Callable[..., Path]):
    write(make_entry())
    (content / "pip" / "loop.md").symlink_to(content / "pip" / "loop.md")
    (found,) = complaints(content)
    assert found.startswith("content/pip/loop.md:1:1: ")


def test_a_file_that_is_not_utf8_is_named_with_the_place(content: Path, write: Callable[..., Path]):
    write("pip/x.md", b"---\ntitle: caf\xe9\n---\n")
    loaded, problems = read_files(list_folders([content]).entries["pip/x"])
    assert loaded is None
    assert [str(problem) for problem in problems] == [
        "content/pip/x.md:2:11: is not UTF-8: byte 0xe9; save the file as UTF-8"
    ]


def test_a_byte_order_mark_is_allowed(content: Path, write: Callable[..., Path]):
    path = write(make_entry())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    loaded, problems = read_files(list_folders([content]).entries["pip/hash-mismatch"])
    assert loaded is not None
    assert problems == []


def test_a_later_folder_replaces_an_entry(
    content: Path, write: Callable[..., Path], tmp_path: Path
):
    write(make_entry())
    write(make_entry(id="pip/other", title="Another"))
    own = tmp_path / "own"
    (own / "pip").mkdir(parents=True)
    (own / "pip" / "hash-mismatch.json").write_text(
        json_documents.write_entry(make_entry(title="Ours"))
    )
    listing = list_folders([content, own])
    assert listing.problems == []
    assert sorted(listing.entries) == ["pip/hash-mismatch", "pip/other"]
    assert listing.entries["pip/hash-mismatch"].english.shown == "own/pip/hash-mismatch.json"


def test_a_broken_translation_leaves_the_english(content: Path, write: Callable[..., Path]):
    write(make_entry())
    write("pip/hash-mismatch.zh.md", "---\ntitel: x\n---\n")
    loaded, problems = read_files(list_folders([content]).entries["pip/hash-mismatch"])
    assert loaded is not None
    assert "`titel` in a translation; write `title` and `notes`" in str(problems[0])
