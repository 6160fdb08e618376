"""Pasting: a text or a file comes in by form or API, and the entries it speaks of go out.

What is pasted is kept no longer than the request: it is neither stored nor
logged, and what is shown of it has its secrets masked.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app import render
from app.answers.excerpts import excerpts
from app.answers.matches import FilledRemedy, MatchAnswer, MatchedEntry, match_answer
from app.catalogue.queries import Catalogue
from app.errors import UnreadableInput
from app.intake import IN_MEMORY, mapped, spooled
from app.matching import decode
from app.matching.encoding import Buffer
from app.matching.secrets import mask
from app.search.parse import parse
from app.web import api
from app.web.bodies import limited
from app.web.contexts import EntryPage, MatchPage, MatchView, RemedyView
from app.web.languages import SiteLanguage
from app.web.pages import TheLanguage, TheSite, entry_context
from app.web.paths import PATHS
from app.web.site import Site, with_query

WAIT_S: Final = 10.0
"""How long a log waits for its turn before the client is asked to come back."""

_FORM_BYTES: Final = 100_000
"""What a form adds to the text it carries."""

_QUERY_LENGTH: Final = 200
"""Characters; a longer text is a message or a log, never a handful of words."""

_SHOWN_AGAIN: Final = 200_000
"""Characters of the text that the form of the next page holds again."""

_Result = TypeVar("_Result")


def matching_router(languages: tuple[SiteLanguage, ...]) -> APIRouter:
    """The route of the API, and the form's in every language."""
    router = APIRouter()
    router.add_api_route(
        "/api/v1/match",
        match_api,
        methods=["POST"],
        tags=["search"],
        summary="Match a message or a log",
        responses=api.errors(413, 415, 422, 429),
        openapi_extra={"requestBody": _REQUEST_BODY},
    )
    for language in languages:
        path = language.prefix + PATHS["match"]
        options: dict[str, Any] = {"include_in_schema": False}
        router.add_api_route(path, match_form, methods=["POST"], **options)
        router.add_api_route(path, to_home, methods=["GET", "HEAD"], **options)
    return router


_REQUEST_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["text"],
                "properties": {"text": {"type": "string", "description": "A message or a log"}},
            },
            "example": {"text": "ModuleNotFoundError: No module named 'yaml'"},
        },
        "text/plain": {
            "schema": {"type": "string"},
            "example": "error: externally-managed-environment",
        },
    },
}


async def match_api(request: Request, site: TheSite, language: api.TheLanguage) -> MatchAnswer:
    """Entries for a message or a whole log, the root cause first, each with its evidence.

    Send `{"text": …}` as JSON, or the log itself as `text/plain` in any common
    encoding. `matches` is empty when nothing is known.
    """
    media_type = request.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if media_type not in ("application/json", "text/plain", "application/octet-stream"):
        detail = f"{media_type} cannot be read: send application/json or text/plain."
        raise HTTPException(415, detail)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "A compressed body cannot be read: send it as it is.")
    base_url = site.base_url(request)
    catalogue = site.catalogue
    is_json = media_type == "application/json"
    limit = site.settings.max_paste_bytes
    # JSON may write one character as several.
    body = limited(request, limit * 2 if is_json else limit, _too_long(limit))
    with spooled() as spool:
        async for chunk in body.stream():
            spool.write(chunk)

        def answer() -> MatchAnswer:
            with mapped(spool) as log:
                data = _text_of_json(log) if is_json else log
                return match_answer(catalogue, data, language, base_url, site.reported)

        try:
            return await _in_turn(site, spool.tell(), answer)
        except UnreadableInput as error:
            raise HTTPException(415, f"{error}.") from None


def _too_long(limit: int) -> str:
    return (
        f"The text is longer than {limit:,} bytes: send the part around the first error, "
        "or read the whole log with `wayout match FILE`."
    )


def _text_of_json(log: Buffer) -> str:
    try:
        document = json.loads(bytes(log))
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, f'The body is not JSON ({error}): send {{"text": "…"}}.') from None
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise HTTPException(422, 'The body has no `text`: send {"text": "…"}.')
    # Half of a surrogate pair is in no encoding; it cannot be part of any message either.
    return str(document["text"]).encode("utf-8", "replace").decode()


async def _in_turn(site: Site, size: int, work: Callable[[], _Result]) -> _Result:
    """Run in a thread; long logs wait for one of few places, or get 429."""
    if size <= IN_MEMORY:
        return await run_in_threadpool(work)
    async with _place(site.places):
        return await run_in_threadpool(work)


@asynccontextmanager
async def _place(places: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        await asyncio.wait_for(places.acquire(), WAIT_S)
    except TimeoutError:
        detail = "Too many long logs are being read: try again in a few seconds."
        raise HTTPException(429, detail, {"Retry-After": "5"}) from None
    try:
        yield
    finally:
        places.release()


def to_home(language: TheLanguage) -> Response:
    """There is nothing to be seen without a text; the box is on the home page."""
    return RedirectResponse(language.prefix + PATHS["home"], 303)


async def match_form(request: Request, site: TheSite, language: TheLanguage) -> Response:
    """The page for a pasted text or an uploaded file: matched, or searched when it is words."""
    limit = site.settings.max_paste_bytes
    body = limited(request, limit + _FORM_BYTES, _too_long(limit))
    async with body.form(max_files=1, max_fields=8, max_part_size=limit + 1) as form:
        data, pasted = await _from_form(form)
    return await _in_turn(
        site, len(data), lambda: _match_page(request, site, language, data, pasted)
    )


async def _from_form(form: Mapping[str, object]) -> tuple[bytes | str, str]:
    """What to read, and what the form's text field shall hold again."""
    file, text = form.get("file"), form.get("text")
    pasted = text if isinstance(text, str) else ""
    if isinstance(file, UploadFile) and file.filename:
        return await file.read(), pasted
    return pasted, pasted


def _match_page(
    request: Request, site: Site, language: SiteLanguage, data: bytes | str, pasted: str
) -> Response:
    catalogue = site.catalogue
    pasted = mask(pasted[:_SHOWN_AGAIN])

    def page(status: int, **fields: Any) -> Response:  # noqa: ANN401 - fields of MatchPage
        empty = MatchPage(pasted, None, None, [], [], [])
        headers = {"Cache-Control": "no-store"}
        return site.page(request, "match.html", replace(empty, **fields), status, headers)

    if not data.strip():
        return page(422, error="empty")
    try:
        answer = match_answer(
            catalogue,
            data,
            language.code,
            site.base_url(request),
            site.reported,
        )
        text = data if isinstance(data, str) else decode(data).text
    except UnreadableInput as error:
        return page(415, error=str(error))
    if not answer.matches and _are_words(catalogue, text, language):
        address = str(with_query(language.prefix + PATHS["search"], q=text.strip()))
        return RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    evidence = [
        each
        for found in answer.matches
        for each in (*found.evidence[:3], *(found.cause.decided_by if found.cause else ()))
    ]
    cards = catalogue.cards_of([guess.id for guess in answer.guesses], language.code)
    return page(
        200,
        text=mask(_part_around(text, evidence[0].start if evidence else len(text))),
        answer=answer,
        matches=[_view(site, found, language) for found in answer.matches],
        excerpts=excerpts(text, evidence),
        guesses=[cards[guess.id] for guess in answer.guesses if guess.id in cards],
    )


def _part_around(text: str, place: int) -> str:
    """What the form holds again, to be sent in another language or changed: all if it fits."""
    start = max(0, min(place - _SHOWN_AGAIN // 2, len(text) - _SHOWN_AGAIN))
    start = text.rfind("\n", 0, start) + 1
    return text[start : start + _SHOWN_AGAIN]


def _are_words(catalogue: Catalogue, text: str, language: SiteLanguage) -> bool:
    """Whether a text that nothing matched is a query that finds something."""
    text = text.strip()
    if len(text) > _QUERY_LENGTH or "\n" in text:
        return False
    query = parse(text, from_taiwan=language.source is not None)
    found = catalogue.search(query, language.code, limit=1)
    return found.every and bool(found.hits)


def _view(site: Site, found: MatchedEntry, language: SiteLanguage) -> MatchView:
    """The entry's page, its remedies ordered and filled in as the answer has them."""
    entry = entry_context(site, site.catalogue.page(found.id, language.code), language)
    return MatchView(found, _filled(entry, found))


def _filled(entry: EntryPage, found: MatchedEntry) -> EntryPage:
    return replace(
        entry,
        workarounds=_in_order(entry.workarounds, found.workarounds),
        dead_ends=_in_order(entry.dead_ends, found.dead_ends),
    )


def _in_order(views: Any, remedies: tuple[FilledRemedy, ...]) -> list[RemedyView]:  # noqa: ANN401
    by_id = {view.remedy.id: view for view in views}
    ordered = []
    for remedy in remedies:
        view = by_id[remedy.id]
        fields = {**view.text.fields, "text": render.markdown(remedy.text)}
        ordered.append(replace(view, text=replace(view.text, fields=fields)))
    return ordered
