"""The gate refuses signatures that lie, and lets honest ones pass."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.catalogue.check import check
from tests.samples import make_entry, make_plain_entry


def complaints(content: Path, *green: Path) -> list[str]:
    return [str(problem) for problem in check([content], green).problems]


@pytest.fixture
def green(tmp_path: Path) -> Path:
    folder = tmp_path / "logs" / "green"
    folder.mkdir(parents=True)
    (folder / "build.log").write_text(
        "Collecting numpy\nerror handling module loaded\nSuccessfully installed\n"
    )
    return folder


@pytest.mark.parametrize(
    "signature",
    ["<x>: <y>", "error: <x>", "429", "failed", "exit code <n>"],
)
def test_a_signature_that_says_too_little_is_refused(
    content: Path, write: Callable[..., Path], signature: str
):
    write(make_entry(signatures=({"text": signature},), examples=None))
    assert any("the signature has" in one and "; write" in one for one in complaints(content))


def test_an_entry_without_example_is_refused(content: Path, write: Callable[..., Path]):
    write(make_entry(examples=None))
    assert any(
        "has no example; add output that the tool printed" in one for one in complaints(content)
    )


def test_an_example_that_no_signature_finds_is_refused(content: Path, write: Callable[..., Path]):
    path = write(make_entry(signatures=({"text": "Quite another message stands here instead"},)))
    line = path.read_text().split("\n").index("### A wrong digest {#wrong-digest}") + 1
    found = [one for one in complaints(content) if "is found by none" in one]
    assert any(
        one.startswith(f"content/pip/hash-mismatch.md:{line}:1: the example `wrong-digest`")
        for one in found
    )


def test_an_example_that_another_entry_wins_is_refused(content: Path, write: Callable[..., Path]):
    more = "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. Please look again closely."
    text = f"```text\nERROR: {more}\n```"
    write(make_entry(examples=({"id": "wrong-digest", "title": "A wrong digest", "text": text},)))
    write(
        make_plain_entry(
            id="pip/greedy",
            title="Takes it all",
            message=more,
            signatures=({"text": more},),
            examples=({"id": "one", "title": "One", "text": text},),
        )
    )
    assert any(
        "the example `wrong-digest` finds `pip/greedy` first" in one for one in complaints(content)
    )


def test_a_symptom_may_come_second_on_its_examples(content: Path, write: Callable[..., Path]):
    write(make_entry())
    text = "```text\nTHESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE\nThe whole build has been given up now\n```"
    write(
        make_plain_entry(
            id="pip/given-up",
            title="The build was given up",
            message="The whole build has been given up now",
            symptom=True,
            signatures=({"text": "The whole build has been given up now"},),
            examples=({"id": "one", "title": "One", "text": text},),
        )
    )
    assert [one for one in complaints(content) if "given-up" in one] == []


def test_an_example_for_another_cause_is_refused(content: Path, write: Callable[..., Path]):
    causes = tuple(
        {
            "id": name,
            "title": name,
            "explanation": "x",
            "signals": {"for": ({"text": f"decided by {name}"},)},
        }
        for name in ("stale-hash", "index-hash")
    )
    text = "```text\nTHESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE\ndecided by index-hash\n```"
    write(
        make_entry(
            causes=causes,
            examples=({"id": "one", "title": "x", "cause": "stale-hash", "text": text},),
        )
    )
    assert any("speaks for the cause `index-hash`" in one for one in complaints(content))


def test_a_signature_that_fires_on_a_success_is_refused(
    content: Path, write: Callable[..., Path], green: Path
):
    path = write(
        make_entry(
            signatures=(
                {"text": "THESE PACKAGES DO NOT MATCH"},
                {"text": "error handling module loaded"},
            )
        )
    )
    line = path.read_text().split("\n").index("- error handling module loaded") + 1
    found = [one for one in complaints(content, green) if "fires on" in one]
    assert found == [
        f"content/pip/hash-mismatch.md:{line}:3: the signature fires on green/build.log, line 2, "
        "where nothing failed; write more of the message, or add `requires` or `unless`"
    ]


def test_an_error_that_a_success_tolerated_is_no_false_alarm(
    content: Path, write: Callable[..., Path], green: Path
):
    write(
        make_entry(
            signatures=(
                {"text": "THESE PACKAGES DO NOT MATCH"},
                {"text": "error handling module loaded"},
            )
        )
    )
    labels = {"green/build.log": {"expects": "none", "also": ["pip/hash-mismatch"]}}
    (green.parent / "labels.json").write_text(json.dumps(labels))
    assert [one for one in complaints(content, green) if "fires on" in one] == []


def test_most_mutations_to_the_shortest_word_turn_the_gate_red(
    content: Path, write: Callable[..., Path]
):
    refused = total = 0
    for word in (
        "THESE",
        "PACKAGES",
        "DO",
        "NOT",
        "MATCH",
        "THE",
        "HASHES",
        "FROM",
        "REQUIREMENTS",
        "FILE",
    ):
        write(make_entry(signatures=({"text": word},)))
        total += 1
        refused += bool(complaints(content))
    assert refused / total >= 0.95
