"""Lists, counts and search over three entries."""

import pytest

from app.catalogue.queries import Catalogue
from app.catalogue.results import Filters, Found
from app.search.parse import parse


def found(catalogue: Catalogue, words: str, language: str = "en") -> Found:
    return catalogue.search(parse(words), language)


def ids(catalogue: Catalogue, words: str, language: str = "en") -> list[str]:
    return [hit.card.id for hit in found(catalogue, words, language).hits]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("hash mismatch", "pip/hash-mismatch"),
        ("pip hash", "pip/hash-mismatch"),
        ("HASH_MISMATCH", "pip/hash-mismatch"),
        ("ERR_REQUIRE_ESM", "node/require-esm"),
        ("require esm", "node/require-esm"),
        ("ReadTimeoutError", "pip/read-timed-out"),
        ("read timeout error", "pip/read-timed-out"),
        ("module not found", "node/require-esm"),
        ("requirem", "pip/hash-mismatch"),
        ("mismtach", "pip/hash-mismatch"),
        ("哈希", "pip/hash-mismatch"),
        ("哈希值", "pip/hash-mismatch"),
        ("需求文件", "pip/hash-mismatch"),
        ("安装 哈希值", "pip/hash-mismatch"),
        ("pip拒绝安装", "pip/hash-mismatch"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_find_their_entry(catalogue: Catalogue, words: str, first: str, language: str):
    assert ids(catalogue, words, language)[:1] == [first]


@pytest.mark.parametrize(
    "words", ["", "  ", "!?*", "qqqqqqq", '"', "NOT", "a OR", "(" * 100, "\0", "x" * 3000]
)
def test_nothing_that_is_typed_is_an_error(catalogue: Catalogue, words: str):
    assert found(catalogue, words).total >= 0


def test_all_words_are_wanted_first_then_any(catalogue: Catalogue):
    assert found(catalogue, "hash requirements").every
    some = found(catalogue, "hash zebra")
    assert not some.every
    assert [hit.card.id for hit in some.hits] == ["pip/hash-mismatch"]


def test_a_correction_is_reported(catalogue: Catalogue):
    assert found(catalogue, "mismtach").corrected == {"mismtach": ["mismatch"]}


def test_an_entry_is_found_once_and_shown_in_the_readers_language(catalogue: Catalogue):
    result = found(catalogue, "pip", "zh")
    assert len({hit.card.id for hit in result.hits}) == len(result.hits) == result.total
    assert {hit.card.language for hit in result.hits} == {"zh"}


def test_the_matched_words_have_spans(catalogue: Catalogue):
    (hit, *_) = found(catalogue, "digest").hits
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.spans] == ["digest"]


def test_lists_are_filtered_counted_and_cut(catalogue: Catalogue):
    assert catalogue.cards(Filters(ecosystem="pip"), "en").total == 2
    page = catalogue.cards(Filters(), "en", offset=1, limit=1)
    assert ([card.id for card in page.cards], page.total) == (["pip/hash-mismatch"], 3)
    assert catalogue.cards(Filters(tag="proxy"), "zh").cards[0].id == "pip/read-timed-out"
    assert catalogue.cards(Filters(ecosystem="pip", category="import"), "en").total == 0


def test_counts_go_with_the_filters(catalogue: Catalogue):
    assert [(one.name, one.entries) for one in catalogue.counts("ecosystem")] == [
        ("node", 1),
        ("pip", 2),
    ]
    tags = catalogue.counts("tag", Filters(ecosystem="node"))
    assert [(one.name, one.entries) for one in tags] == [("modules", 1)]


def test_a_search_can_be_filtered(catalogue: Catalogue):
    result = catalogue.search(parse("pip"), "en", Filters(ecosystem="node"))
    assert all(hit.card.id.startswith("node/") for hit in result.hits)
