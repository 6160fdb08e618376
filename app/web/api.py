"""The JSON API, version 1. Each route asks the core once and answers with its object."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from app.answers.base import EntrySummary, Language
from app.answers.entries import EntryAnswer, entry_answer
from app.answers.search import SearchAnswer, search_answer
from app.catalogue.results import MAX_LIMIT, Filters
from app.entry import LANGUAGES, SLUG, Category, Entry, Severity, Status, Translation
from app.reproduce.evidence import Evidence
from app.reproduce.recipe import schema as recipe_schema
from app.search.parse import MAX_CHARACTERS, parse
from app.web.languages import language_of
from app.web.negotiation import preferred_language
from app.web.pages import TheSite
from app.web.problems import MEDIA_TYPE, Problem
from app.web.site import with_query


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the problems that a route may answer with."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "model": Problem,
            "content": {MEDIA_TYPE: {"schema": schema}},
            "description": "Problem",
        }
        for status in statuses
    }


router = APIRouter(prefix="/api/v1", responses=errors(422))


def _language(
    request: Request,
    response: Response,
    lang: Annotated[
        Language | None, Query(description="Language of the texts; `Accept-Language` if absent")
    ] = None,
) -> Language:
    accepted = request.headers.get("accept-language", "")
    code: Any = lang or preferred_language(accepted, ("en", *LANGUAGES))
    response.headers["Content-Language"] = language_of(code).tag
    response.headers["Vary"] = "Accept-Language, Accept-Encoding"
    return code  # type: ignore[no-any-return]


TheLanguage = Annotated[Language, Depends(_language)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Name = Annotated[str | None, Query(pattern=f"^{SLUG}$", max_length=80)]
PathName = Annotated[str, Path(pattern=f"^{SLUG}$", max_length=80)]


class EntryList(BaseModel):
    """A page of entries. `next` and `previous` are addresses, null at the ends."""

    total: int
    limit: int
    offset: int
    next: str | None = Field(examples=["/api/v1/entries?limit=20&offset=20"])
    previous: str | None
    items: list[EntrySummary]


@router.get("/entries", summary="List entries", tags=["entries"])
def entries(
    request: Request,
    response: Response,
    site: TheSite,
    language: TheLanguage,
    ecosystem: Name = None,
    category: Category | None = None,
    tag: Name = None,
    severity: Severity | None = None,
    status: Status | None = None,
    code: Annotated[str | None, Query(max_length=60)] = None,
    symptom: bool | None = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> EntryList:
    """Entries that pass all the filters, ordered by id, a page at a time.

    The `Link` header leads to the next and the previous page.
    """
    filters = Filters(ecosystem, category, tag, severity, status, code, symptom)
    listed = site.catalogue.cards(filters, language, offset, limit)
    following = offset + limit if offset + limit < listed.total else None
    preceding = max(0, offset - limit) if offset else None
    links = {
        name: _with_offset(request, other)
        for name, other in (("next", following), ("prev", preceding))
        if other is not None
    }
    if links:
        response.headers["Link"] = ", ".join(
            f'<{url}>; rel="{name}"' for name, url in links.items()
        )
    base_url = site.base_url(request)
    return EntryList(
        total=listed.total,
        limit=limit,
        offset=offset,
        next=links.get("next"),
        previous=links.get("prev"),
        items=[EntrySummary.of(card, base_url) for card in listed.cards],
    )


def _with_offset(request: Request, offset: int) -> str:
    return str(with_query(request.url.path, **{**request.query_params, "offset": offset}))


@router.get(
    "/entries/{ecosystem}/{slug}", summary="Get an entry", tags=["entries"], responses=errors(404)
)
def entry(
    request: Request, site: TheSite, language: TheLanguage, ecosystem: PathName, slug: PathName
) -> EntryAnswer:
    """A whole entry in one language, with the rates of its remedies and what they rest on.

    The document as it was authored, which can be saved and loaded again, is at
    `/{ecosystem}/{slug}.json`.
    """
    return entry_answer(
        site.catalogue,
        f"{ecosystem}/{slug}",
        language,
        site.base_url(request),
        site.reported,
    )


@router.get("/search", summary="Search by words", tags=["search"])
def search(
    request: Request,
    site: TheSite,
    language: TheLanguage,
    q: Annotated[
        str,
        Query(
            max_length=MAX_CHARACTERS,
            description="Words in English or Chinese, identifiers, codes; nothing is syntax.",
            examples=["hash mismatch", "哈希", "ERR_REQUIRE_ESM"],
        ),
    ],
    ecosystem: Name = None,
    category: Category | None = None,
    tag: Name = None,
    limit: Limit = 20,
    offset: Offset = 0,
) -> SearchAnswer:
    """Entries for a reader's words, best first. For messages and logs there is `/match`."""
    query = parse(q)
    filters = Filters(ecosystem, category, tag)
    found = site.catalogue.search(query, language, filters, offset, limit)
    return search_answer(found, query, site.base_url(request))


@router.get(
    "/schema/{name}.json", summary="Get a JSON Schema", tags=["schema"], responses=errors(404)
)
def schema(
    name: Literal["entry", "translation", "recipe", "evidence"], request: Request, site: TheSite
) -> Response:
    """The JSON Schema of an entry's document, or of what lies beside it."""
    if name == "recipe":
        found = recipe_schema()
    elif name == "evidence":
        found = Evidence.model_json_schema()
    else:
        found = (Entry if name == "entry" else Translation).model_json_schema(by_alias=True)
        found["properties"]["$schema"] = {"type": "string"}
    address = f"{site.base_url(request)}/api/v1/schema/{name}.json"
    dialect = "https://json-schema.org/draft/2020-12/schema"
    found = {"$schema": dialect, "$id": address, **found}
    return JSONResponse(found, media_type="application/schema+json")


@router.get("/export.ndjson", summary="Export all entries", tags=["entries"])
def export(site: TheSite) -> StreamingResponse:
    """All documents, one a line, with their translations."""
    lines = (" ".join(document.splitlines()) + "\n" for document in site.catalogue.documents())
    return StreamingResponse(lines, media_type="application/x-ndjson")
