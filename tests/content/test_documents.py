"""Markdown and JSON: the same entry, and the identity on the way there and back."""

import json

import pytest
from hypothesis import given, settings

from app.content import json as json_documents
from app.content import markdown
from app.content.authoring import HEADINGS
from app.entry import Entry
from app.errors import ContentError
from tests.samples import CHINESE, make_entry
from tests.strategies import entries


def test_markdown_gives_the_entry_back():
    entry = make_entry()
    text = markdown.write_entry(entry)
    assert markdown.read_entry(text, entry.id, "x.md")[0] == entry
    assert markdown.write_entry(markdown.read_entry(text, entry.id, "x.md")[0]) == text


@given(entries())
@settings(deadline=None, max_examples=150)
def test_any_entry_survives_markdown_and_json(entry: Entry):
    written = markdown.write_entry(entry)
    assert markdown.read_entry(written, entry.id, "x.md")[0] == entry
    assert (
        json_documents.read_entry(json_documents.write_entry(entry), entry.id, "x.json")[0] == entry
    )


def test_windows_line_ends_do_not_matter():
    entry = make_entry()
    text = markdown.write_entry(entry).replace("\n", "\r\n")
    assert markdown.read_entry(text, entry.id, "x.md")[0] == entry


def test_json_may_name_its_schema():
    entry = make_entry()
    text = json_documents.write_entry(entry, "https://example.org/schema.json")
    assert json.loads(text)["$schema"] == "https://example.org/schema.json"
    assert json_documents.read_entry(text, entry.id, "x.json")[0] == entry


def test_a_json_document_holds_its_translations():
    translation, _ = markdown.read_translation(CHINESE, "x.zh.md")
    entry = make_entry().model_copy(update={"translations": {"zh": translation}})
    read = json_documents.read_entry(json_documents.write_entry(entry), entry.id, "x.json")[0]
    assert read.translations["zh"] == translation


def test_json_with_another_id_than_its_path_is_refused():
    text = json_documents.write_entry(make_entry())
    with pytest.raises(ContentError) as caught:
        json_documents.read_entry(text, "pip/other", "content/pip/other.json")
    assert str(caught.value) == (
        "content/pip/other.json:2:3: `id` is `pip/hash-mismatch`, but the path says otherwise; "
        "write `pip/other`, or move the file to pip/hash-mismatch.json"
    )


def test_a_translation_survives_markdown():
    translation, _ = markdown.read_translation(CHINESE, "x.zh.md")
    text = markdown.write_translation(translation, HEADINGS["zh"])
    assert markdown.read_translation(text, "x.zh.md")[0] == translation
    assert translation.parts["causes.stale-hash"].title == "需求文件过期"
    assert translation.parts["workarounds.regenerate"].text == "重新编译：\n\n{code 1}"
