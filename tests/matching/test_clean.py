import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.clean import clean
from app.matching.encoding import UnreadableInput, decode
from app.matching.wraps import mark_wraps

DIRT = st.sampled_from(
    [
        "\x1b[31m", "\x1b[0m", "\x1b]8;;https://x\x07", "\x9b1m", "\x1b", "\b", "\r", "\r\n", "\n", " ",
        "\u200b", "\u202e", "\ufeff", "\xa0", "\u3000", "‘", "”", "> ", "│ ", "| ", "web_1  | ", "#12 0.3 ",
        "2026-05-01T10:00:00.1234567Z ", "[12:00:01] ", "May  1 10:00:00 host x[1]: ", "##[error]",
        "section_start:17:x\r\x1b[0K", "E   ", "\0", "\x85", "error: no such file", "文件", "a", "=",
        "\\n", "\\n", '\\"', "\\\\", '": "', "\\r\\n",
    ]
)  # fmt: skip
DIRTY = st.lists(DIRT | st.text(max_size=6), max_size=40).map("".join)


@given(DIRTY)
def test_cleaning_a_clean_text_changes_nothing(text):
    once = clean(text).text
    assert clean(once).text == once


def test_padding_behind_a_quoting_mark_does_not_hide_it():
    # Found by bench.matching_fuzz.
    assert clean("|\t\n> \t ").text == "\n"


@given(DIRTY)
def test_every_clean_character_is_found_again_in_the_original(text):
    cleaned = clean(text)
    swaps = {"\r": "\n", "‘": "'", "”": '"', "n": "\n", "t": "\t"}
    last = -1
    for at, character in enumerate(cleaned.text):
        start, end = cleaned.span(at, at + 1)
        assert last < start < end == start + 1
        original = text[start]
        if character != original:
            assert swaps.get(original, " ") == character
        last = start


@given(DIRTY)
def test_marking_wraps_keeps_every_place(text):
    clean_text = clean(text).text
    marked = mark_wraps(clean_text)
    assert marked.replace("\v", "\n").replace("\f", "\n") == clean_text


@pytest.mark.parametrize(
    ("dirty", "tidy", "kind"),
    [
        ("\x1b[1;31merror\x1b[0m: x", "error: x", "terminal codes"),
        ("\x1b]0;title\x07error: x", "error: x", "terminal codes"),
        ("\x9b31merror: x", "error: x", "terminal codes"),
        ("‘a’ “b”", "'a' \"b\"", "curly quotes"),
        ("a\xa0b\u3000c", "a b c", "odd spaces"),
        ("a\u200bb\u202ec\ufeff", "abc", "invisible characters"),
        ("10%\r20%\rerror", "10%\n20%\nerror", "redraws"),
        ("a\r\nb\r\r\n", "a\nb\n", "carriage returns"),
        ("|\b/\b-\berror", "error", "backspaces"),
        ("N\bNA\bA", "NA", "backspaces"),
        ("2026-05-01T10:00:00.1234567Z error", "error", "timestamp"),
        ("2026-05-01T10:00:00.123456Z 01E error", "error", "timestamp"),
        ("2026-05-01 10:00:00,123 ERROR x", "ERROR x", "timestamp"),
        ("[2026-05-01T10:00:00.123Z] error", "error", "timestamp"),
        ("12:00:01 error", "error", "timestamp"),
        ("[   12.345678] error", "error", "timestamp"),
        ("May  1 10:00:00 host sshd[12]: error", "error", "syslog"),
        ("#12 0.345 error", "error", "build step"),
        ("web_1  | error", "error", "container"),
        ("[pod/web-1/nginx] error", "error", "container"),
        ("##[error]boom", "boom", "CI marker"),
        ("::error file=a,line=1::boom", "boom", "CI marker"),
        ("section_start:1700000000:step[collapsed=true]\r\x1b[0Kerror", "\nerror", "CI marker"),
        ("> > error", "error", "quoting"),
        ("  │ error             │", "error", "quoting"),
        ("E   ValueError: x", "ValueError: x", "quoting"),
        ("error   \t", "error", "padding"),
        ('{"msg": "a\\n  b \\"c\\"\\nd"}', '{"msg": "a\n  b "c"\nd"}', "escaped line breaks"),
    ],
)
def test_each_kind_of_dirt_is_undone_and_named(dirty, tidy, kind):
    cleaned = clean(dirty)
    assert cleaned.text == tidy
    assert cleaned.undone[kind] > 0


@pytest.mark.parametrize(
    "text",
    [
        "3 | let x = 1;",
        "error: expected `|`",
        ">>> import torch",
        "<<<<<<< HEAD",
        "a.c:1:2: error: x",
        "C:\\path\\file: error",
        "cannot open C:\\new\\nodes\\x",
    ],
)
def test_what_only_looks_like_dirt_is_left(text):
    assert clean(text).text == text


TEXT = "错误：无法打开文件 foo.txt：没有那个文件或目录\nbash: line 1: nope: command not found\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"]
)
def test_each_encoding_is_told_from_the_bytes_alone(encoding):
    assert decode(TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("garbage", [b"caf\xe9 error", b"a\xff\xfeb error", b"\xc3 error", b"\x80"])
def test_lone_garbage_is_tolerated(garbage):
    assert "\ufffd" in decode(garbage).text


@pytest.mark.parametrize(
    "data", [b"\x7fELF\x02\x01", b"\x89PNG\r\n", b"PK\x03\x04abc", bytes(range(256)) * 40]
)
def test_what_is_not_text_is_refused_with_a_reason(data):
    with pytest.raises(UnreadableInput, match="looks like"):
        decode(data)


def test_a_hole_of_nuls_in_a_log_is_tolerated():
    assert "error" in decode(b"\0" * 5000 + b"error: x\n" * 100).text
