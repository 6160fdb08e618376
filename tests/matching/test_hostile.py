"""Bad input: an answer or a clear error, in a bounded time."""

import random
import time

import pytest

from app.matching import Matcher, UnreadableInput, match
from tests.matching.samples import sample_entries

MB = 1_000_000
HALF = "THESE PACKAGES DO NOT MATCH THE HASHES "
HASHES = "#sha256=aa (from -r r.txt (line 1)):\nExpected sha256 bb\n"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build(sample_entries())


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        pytest.param(b"", 1, id="empty"),
        pytest.param(b" \t\r\n" * 100_000, 3, id="white space"),
        pytest.param(b"\n" * MB, 3, id="a million blank lines"),
        pytest.param(b"x" * 50 * MB, 5, id="one line of 50 MB"),
        pytest.param(b"bash: x: command not found " * 400_000, 20, id="one line full of matches"),
        pytest.param(HALF.encode() * 250_000, 20, id="the first half of a signature"),
        pytest.param(b"No space left on device\n" * 10_000, 5, id="ten thousand matches"),
        pytest.param(HASHES.encode() * 20_000, 20, id="repeated placeholders that differ"),
        pytest.param(b"\x1b[" * 2 * MB, 10, id="unfinished terminal codes"),
        pytest.param(b"a" * MB + b"\b" * MB, 20, id="backspaces"),
        pytest.param(b"> " * MB, 20, id="endless quoting"),
        pytest.param(b"[12:00:01] " * 200_000, 20, id="endless timestamps"),
        pytest.param("\u202e\u200berror".encode() * 200_000, 10, id="bidi marks"),
        pytest.param(b"error: \0\0\0 x\n" * 100_000, 5, id="NULs"),
        pytest.param(b"-----BEGIN RSA PRIVATE KEY-----\n" * 20_000, 5, id="keys without end"),
        pytest.param(b"error password=" * 100_000, 5, id="passwords without end"),
        pytest.param("错误：".encode("gb18030") * 500_000, 10, id="GB18030"),
        pytest.param("错误: x\n".encode("utf-16") * 100_000, 10, id="UTF-16"),
    ],
)
def test_bad_input_is_answered_in_time(matcher, data, seconds):
    begin = time.process_time()
    match(matcher, data)
    assert time.process_time() - begin < seconds


@pytest.mark.parametrize("text", ["\ud800", "error \udfff: No space left on device", "\u202e" * 10])
def test_lone_surrogates_and_marks_are_answered(matcher, text):
    match(matcher, text)


def test_offsets_stay_true_beside_a_lone_surrogate(matcher):
    text = "\ud800\ud800 x\nNo space left on device"
    evidence = match(matcher, text).matches[0].evidence[0]
    assert text[evidence.start : evidence.end] == "No space left on device"


def test_random_bytes_are_refused(matcher):
    with pytest.raises(UnreadableInput):
        match(matcher, random.Random(1).randbytes(MB))


def test_a_log_of_every_message_there_is_takes_a_bounded_time(matcher):
    page = "\n".join(
        s.text.replace("<", "").replace(">", "") for e in sample_entries() for s in e.signatures
    )
    begin = time.process_time()
    answer = match(matcher, page * 50)
    assert time.process_time() - begin < 20
    assert len(answer.matches) <= 50
