"""A reader's words to a query: nothing is syntax, identifiers and Chinese survive."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import fts
from app.search.chinese import pairs
from app.search.parse import MAX_TERMS, parse
from app.search.snippets import Words, snippet
from app.search.typos import Vocabulary, corrections
from app.search.words import identifier_parts, indexable


def words(text: str) -> list[tuple[str, ...]]:
    return [term.words for term in parse(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hash mismatch", [("hash",), ("mismatch",)]),
        ("--require-hashes", [("require", "hashes")]),
        ("ERR_REQUIRE_ESM", [("err", "require", "esm")]),
        ("E0382", [("e0382",)]),
        ("SQLSTATE 23505", [("sqlstate",), ("23505",)]),
        ("can't open file", [("can", "t"), ("open",), ("file",)]),
        ("哈希", [("哈希",)]),
        ("哈希值未更新", [("哈希", "希值", "值未", "未更", "更新")]),
        ("使用pip安装", [("使用",), ("pip",), ("安装",)]),
        ("pip==24.0", [("pip", "24", "0")]),
        ('" OR * NEAR(', [("or",), ("near",)]),
        ("hash hash HASH", [("hash",)]),
        ("\0 !?", []),
        ("", []),
    ],
)
def test_text_is_read_as_terms(text: str, expected: list[tuple[str, ...]]):
    assert words(text) == expected


def test_a_long_text_is_read_in_part():
    assert len(parse("word" + " word".join(map(str, range(1000)))).terms) == MAX_TERMS


@given(st.text())
def test_any_text_is_a_valid_query(text: str):
    database = sqlite3.connect(":memory:")
    columns = ", ".join(fts.COLUMNS)
    database.execute(f"CREATE VIRTUAL TABLE s USING fts5({columns}, tokenize = '{fts.TOKENIZER}')")
    query = parse(text)
    for every in (True, False):
        asked = fts.expression(query, {}, every=every)
        assert bool(asked) == bool(query.terms)
        if asked:
            database.execute("SELECT count(*) FROM s WHERE s MATCH ?", (asked,)).fetchone()
    database.close()


@given(st.text(st.characters(blacklist_categories=("Cs",)), min_size=1))
def test_a_text_is_found_by_itself(text: str):
    query = parse(text)
    asked = fts.expression(query, {}, every=True)
    if not asked:
        assert not query.terms
        return
    database = sqlite3.connect(":memory:")
    columns = fts.indexed({"body": text})
    names = ", ".join(columns)
    database.execute(f"CREATE VIRTUAL TABLE s USING fts5({names}, tokenize = '{fts.TOKENIZER}')")
    database.execute(
        f"INSERT INTO s ({names}) VALUES ({', '.join('?' * len(columns))})", list(columns.values())
    )
    assert database.execute("SELECT count(*) FROM s WHERE s MATCH ?", (asked,)).fetchone() == (1,)
    database.close()


def test_chinese_is_indexed_as_pairs():
    assert pairs("哈希值") == ["哈希", "希值"]
    assert pairs("值") == ["值"]
    assert indexable("用pip装哈希值").split() == ["用", "pip", "装哈", "哈希", "希值"]


def test_identifiers_have_parts():
    assert identifier_parts("ModuleNotFoundError at HTTPSConnectionPool") == [
        "module",
        "not",
        "found",
        "error",
        "https",
        "connection",
        "pool",
    ]
    assert identifier_parts("plain words") == []


def test_typos_are_corrected_and_short_words_left_alone():
    vocabulary = Vocabulary(["certificate", "mismatch", "pip", "timeout", "哈希"])
    found = corrections(["certifcate", "mismtach", "pop", "mismatch", "哈希"], vocabulary)
    assert found == {"certifcate": ["certificate"], "mismtach": ["mismatch"]}
    assert corrections(["vertificate"], vocabulary) == {"vertificate": ["certificate"]}


def test_a_snippet_is_the_window_with_the_words():
    text = "filler " * 100 + "the hash mismatch is here " + "filler " * 100
    found = snippet(text, Words(["hash", "mismatch"]))
    assert len(found.text) <= 202
    assert [found.text[start:end] for start, end in found.spans] == ["hash", "mismatch"]
    assert found.text.startswith("…")


def test_marks_cover_whole_words_and_chinese_runs():
    words = Words(["hash", "哈希", "希值"])
    text = "İ Hashes_of rehash: 的哈希值"
    assert [text[start:end] for start, end in words.spans(text)] == ["Hashes", "哈希值"]
    assert words.in_text("my_hash")
    assert not words.in_text("rehash")
