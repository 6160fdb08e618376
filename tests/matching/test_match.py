import mmap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching import Matcher, StaleMatcher, match
from bench.matching_mangle import VARIANTS
from tests.matching.samples import make_entry, sample_entries

BLOG = Path(__file__).parent / "blog-post.md"
DIGEST = "321761d55fb7cb256b771ee4ed78e69486a7336be9143b90c52be59d7657f50f"
RECEIVED = "a14d0fdef1a2bbc476c328084e07af58696f9cce1c354a9e2956e4469ca5afa3"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build(sample_entries())


@pytest.fixture(scope="module", params=["stored", "portable"])
def other_matcher(request) -> Matcher:
    if request.param == "stored":
        return Matcher.from_bytes(Matcher.build(sample_entries()).to_bytes())
    return Matcher.build(sample_entries(), portable=True)


def top(matcher, data):
    answer = match(matcher, data)
    return answer.matches[0].id if answer.matches else None


def test_the_wrapped_terminal_log_finds_the_hash_mismatch_and_its_cause(matcher):
    text = BLOG.read_text(encoding="utf-8")
    found = match(matcher, text).matches
    assert [each.id for each in found] == ["pip/hash-mismatch"]
    assert found[0].cause.id == "index-hash"
    decided = found[0].cause.decided_by[0]
    assert decided.captures["digest"] == DIGEST
    assert text[decided.start :].startswith("#sha256=321761d5")
    assert (
        text.split("\n")[decided.line - 1]
        .rstrip()
        .endswith("#sha256=321761d55fb7cb256b771ee4ed78e69486a7336be")
    )


def test_without_the_deciding_line_the_cause_is_not_guessed(matcher):
    text = BLOG.read_text(encoding="utf-8").replace("#sha256=", "#sha512=")
    assert match(matcher, text).matches[0].cause is None


MESSAGES = [
    ("bash: line 3: npm: command not found", "bash/command-not-found"),
    ("ModuleNotFoundError: No module named 'torch'", "python/module-not-found"),
    ("error[E0382]: borrow of moved value: `s`", "rust/e0382-use-of-moved-value"),
    ("fatal: not a git repository (or any of the parent directories): .git", "git/not-a-git-repository"),
    ("git@github.com: Permission denied (publickey).", "ssh/permission-denied-publickey"),
    ('psql: error: connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused', "postgresql/connection-refused"),
    ("npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree", "npm/eresolve"),
    ("./app: error while loading shared libraries: libssl.so.1.1: cannot open shared object file: No such file or directory", "linux/shared-library-missing"),
    ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "docker/cannot-connect-to-daemon"),
    ("E: 无法定位软件包 libfoo-dev", "apt/unable-to-locate-package"),
]  # fmt: skip
NOISE = "".join(
    f"step {n}: compiling module_{n * 7} with the usual flags, all is well\n" for n in range(3000)
)


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_mangled_message_finds_the_same_entry(matcher, variant, message, expected):
    assert (
        top(matcher, VARIANTS[variant](f"$ make\nworking on it …\n{message}\ndone\n")) == expected
    )


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_message_in_a_large_mangled_log_finds_the_same_entry(matcher, variant, message, expected):
    assert top(matcher, VARIANTS[variant](f"{NOISE}{message}\n{NOISE}")) == expected


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
def test_every_engine_and_the_stored_form_answer_alike(matcher, other_matcher, message, expected):
    text = NOISE + message
    assert match(other_matcher, text) == match(matcher, text)
    assert top(other_matcher, text) == expected


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
def test_evidence_points_into_the_original_of_a_large_log(matcher, message, expected):
    text = f"{NOISE}\x1b[31m{message}\x1b[0m\n错误\n{NOISE}"
    evidence = match(matcher, text).matches[0].evidence[0]
    assert evidence.line == 3001
    assert text[evidence.start : evidence.end] == evidence.text
    assert evidence.text in message


def test_a_mapped_file_is_matched_like_its_bytes(matcher, tmp_path):
    path = tmp_path / "big.log"
    path.write_text(NOISE * 3 + MESSAGES[0][0] + "\n", encoding="utf-8")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert match(matcher, mapped) == match(matcher, path.read_bytes())


def test_an_unknown_error_says_so_and_shows_its_line(matcher):
    answer = match(
        matcher,
        "all fine\nfrobnicator: error: the flux is inverted\nProcess completed with exit code 1.\n",
    )
    assert answer.matches == ()
    assert answer.error_line.line == 2
    assert "flux" in answer.error_line.text


def test_of_a_traceback_the_last_line_is_the_likeliest(matcher):
    text = 'ERROR: Exception:\nTraceback (most recent call last):\n  File "a.py", line 1\nfoo.BarError: it broke\n'
    assert match(matcher, text).error_line.text == "foo.BarError: it broke"


def test_a_log_inside_json_is_read_like_a_log(matcher):
    text = '{"cmd": "npm ci", "stderr": "first\\nbash: line 1: npm: command not found\\nlast"}'
    found = match(matcher, text).matches
    assert found[0].captures == {"n": "1", "command": "npm"}


def test_a_symptom_comes_after_the_cause(matcher):
    text = "main.c:3:5: error: 'x' undeclared (first use in this function)\nmake: *** [Makefile:3: main.o] Error 1\n"
    assert [each.id for each in match(matcher, text).matches] == [
        "gcc/undeclared-identifier",
        "make/recipe-failed",
    ]


def test_independent_errors_are_listed_apart_and_repeats_are_merged(matcher):
    text = "bash: line 3: npm: command not found\n" * 3 + "No space left on device\n"
    found = match(matcher, text).matches
    assert [each.id for each in found][:2] == [
        "bash/command-not-found",
        "linux/no-space-left-on-device",
    ]
    assert found[0].count == 3
    assert [each.line for each in found[0].evidence] == [1, 2, 3]


def test_an_earlier_cause_comes_before_what_it_leads_to():
    entries = [
        make_entry(
            "a/late",
            "the second thing went quite wrong: <x>",
            related=[{"id": "a/early", "relation": "caused-by"}],
        ),
        make_entry("a/early", "the first oddity happened here"),
    ]
    answer = match(
        Matcher.build(entries),
        "the second thing went quite wrong: 1\nthe first oddity happened here",
    )
    assert [(each.id, each.follows) for each in answer.matches] == [
        ("a/early", None),
        ("a/late", "a/early"),
    ]


def test_requires_and_unless_are_looked_for_in_the_whole_log():
    entry = make_entry(
        "a/x",
        {
            "text": "the main message of the tool",
            "requires": ["needed marker text"],
            "unless": ["forbidden marker text"],
        },
    )
    matcher = Matcher.build([entry])
    message = "the main message of the tool\n"
    assert top(matcher, message) is None
    assert top(matcher, message + NOISE + "needed marker text") == "a/x"
    assert top(matcher, message + "needed marker text\n" + NOISE + "forbidden marker text") is None


def test_a_signature_that_does_not_compile_takes_no_other_along():
    entries = [
        make_entry("a/bad", {"regex": "(?P<x>oops"}),
        make_entry("a/good", "the tool broke down badly"),
        make_entry("a/empty", {"regex": "a|b"}),
    ]
    matcher = Matcher.build(entries)
    assert [failure.entry_id for failure in matcher.failures] == ["a/bad", "a/empty"]
    assert top(matcher, "the tool broke down badly") == "a/good"


@pytest.mark.parametrize("data", [b"", b"junk", b"WAYOUT MATCHER 1\n" + b"\0" * 7 + b"\2{}"])
def test_a_damaged_stored_matcher_is_refused(data):
    with pytest.raises(StaleMatcher):
        Matcher.from_bytes(data)


def test_a_matcher_stored_by_another_version_is_refused(matcher):
    data = matcher.to_bytes()
    label = matcher.engine.label.encode()
    with pytest.raises(StaleMatcher, match="compiled by"):
        Matcher.from_bytes(data.replace(label, b"x" * len(label), 1))


def test_a_matcher_is_shared_by_threads(matcher):
    text = NOISE + MESSAGES[0][0]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: match(matcher, text), range(24)))
    assert all(answer == answers[0] for answer in answers)


def test_an_empty_catalogue_matches_nothing():
    matcher = Matcher.from_bytes(Matcher.build([]).to_bytes())
    assert match(matcher, "error: anything\n" * 10_000).matches == ()


def test_an_error_in_a_log_that_ends_in_success_is_not_claimed(matcher):
    text = "bash: line 3: npm: command not found\n" + NOISE + "===== 12 passed in 0.31s =====\n"
    assert match(matcher, text).matches == ()


def test_a_passing_test_named_after_an_error_is_not_claimed(matcher):
    assert match(matcher, "test_x.py::test[No space left on device] PASSED [ 84%]\n").matches == ()


@settings(max_examples=300)
@given(st.text(max_size=400) | st.binary(max_size=400).map(lambda data: data.decode("latin-1")))
def test_any_text_can_be_matched(matcher, text):
    answer = match(matcher, text)
    for found in answer.matches:
        assert 0 <= found.confidence <= 1
