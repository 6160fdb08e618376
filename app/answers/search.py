"""What a search found, as an answer."""

from pydantic import Field

from app.answers.base import Answer, EntrySummary
from app.catalogue.results import Found
from app.search.parse import Query


class SearchHit(EntrySummary):
    """An entry that was found, and the text that shows why."""

    score: float
    snippet: str


class SearchAnswer(Answer):
    """What a search found, and how the query was read."""

    query: str
    terms: tuple[str, ...]
    every: bool = Field(description="Whether each hit has all terms; else any of them")
    corrected: dict[str, list[str]] = Field(
        description="Unknown words, and what was tried beside them"
    )
    total: int
    items: tuple[SearchHit, ...]


def search_answer(found: Found, query: Query, base_url: str) -> SearchAnswer:
    """What a search found, as an answer."""
    return SearchAnswer(
        query=query.text,
        terms=tuple(term.text for term in query.terms),
        every=found.every,
        corrected=found.corrected,
        total=found.total,
        items=tuple(
            SearchHit(
                **EntrySummary.of(hit.card, base_url).model_dump(),
                score=round(hit.score, 3),
                snippet=hit.snippet.text,
            )
            for hit in found.hits
        ),
    )
