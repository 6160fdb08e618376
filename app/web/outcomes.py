"""Reports: "this worked for me", by a form without script or by the API, one voice a reader."""

from math import ceil
from time import time
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.answers.entries import RateAnswer
from app.errors import TooManyReports
from app.outcomes.live import LiveOutcomes
from app.outcomes.model import Report
from app.outcomes.voice import Reader
from app.rates import rate
from app.web import api
from app.web.bodies import limited
from app.web.languages import SiteLanguage
from app.web.pages import TheLanguage, TheSite
from app.web.problems import sentences
from app.web.readers import reporting_reader
from app.web.site import Site, with_query

PATH: Final = "/{ecosystem}/{slug}/remedies/{remedy}/outcomes"

_ALLOWED: Final = parse_many("20 per minute; 200 per day")
"""Reports, changes and withdrawals from one network."""

_MAX_BYTES: Final = 16_384
_TOO_LONG: Final = f"The report is longer than {_MAX_BYTES:,} bytes: shorten the note."

ReaderName = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{16,200}$")]


class ReportBody(Report):
    """A report as the API takes it."""

    reader: ReaderName | None = Field(
        None,
        description="A random text of 16 characters or more that the program keeps for its user, "
        "so that the voice stays the same on another network",
    )


class OutcomeAnswer(BaseModel):
    """What became of a report: what counts now, and the remedy's rate with it."""

    entry: str
    remedy: str
    worked: bool
    rate: RateAnswer


class Limiter:
    """How many reports a network may still make. In memory: each server process has its own."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, network: str) -> None:
        """Count one. Raises TooManyReports."""
        for limit in _ALLOWED:
            if not self._limiter.hit(limit, network):
                reset = self._limiter.get_window_stats(limit, network).reset_time
                raise TooManyReports(max(1, ceil(reset - time())))


def outcomes_router(languages: tuple[SiteLanguage, ...]) -> APIRouter:
    """The routes of the API, and the form's in every language."""
    router = APIRouter()
    address = f"/api/v1/entries{PATH}"
    router.add_api_route(
        address,
        report,
        methods=["POST"],
        tags=["outcomes"],
        summary="Report whether a remedy worked",
        response_model=OutcomeAnswer,
        responses={
            200: {
                "description": "What this reader said before was changed",
                "model": OutcomeAnswer,
            },
            201: {"description": "Counted and durable", "model": OutcomeAnswer},
            **api.errors(403, 404, 413, 415, 422, 429, 503),
        },
        openapi_extra={"requestBody": _REQUEST_BODY},
    )
    router.add_api_route(
        address,
        withdraw,
        methods=["DELETE"],
        status_code=204,
        tags=["outcomes"],
        summary="Withdraw a report",
        responses=api.errors(403, 404, 422, 429, 503),
    )
    for language in languages:
        path = language.prefix + PATH
        router.add_api_route(path, form, methods=["POST"], include_in_schema=False)
        router.add_api_route(path, to_entry, methods=["GET", "HEAD"], include_in_schema=False)
    return router


_REQUEST_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": ReportBody.model_json_schema(),
            "example": {"worked": True, "tool_version": "26.3", "os": "Debian 12"},
        }
    },
}


async def report(
    request: Request,
    site: TheSite,
    ecosystem: api.PathName,
    slug: api.PathName,
    remedy: api.PathName,
) -> Response:
    """Say that a remedy worked for you, or that it did not. Answered when it is stored for good.

    A reader has one voice for each remedy: sending again changes it, and sending
    the same again changes nothing. Without `reader` the voice is that of your
    network address and program, of which only keyed hashes are kept.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "Send the report as application/json.")
    body = await limited(request, _MAX_BYTES, _TOO_LONG).body()
    try:
        given = ReportBody.model_validate_json(body)
    except ValidationError as error:
        raise HTTPException(422, sentences(error.errors())) from None
    what = Report.model_validate(given.model_dump(exclude={"reader"}))
    reader = reporting_reader(request, given.reader)
    entry_id, is_new = await run_in_threadpool(
        _store, request, site, f"{ecosystem}/{slug}", remedy, reader, what
    )
    answer = _answer(site, entry_id, remedy, worked=what.worked)
    return JSONResponse(answer.model_dump(mode="json"), 201 if is_new else 200)


async def withdraw(
    request: Request,
    site: TheSite,
    ecosystem: api.PathName,
    slug: api.PathName,
    remedy: api.PathName,
    reader: Annotated[ReaderName | None, Query(description="As it was reported with")] = None,
) -> Response:
    """Forget what you reported of a remedy, whether there was something or not."""
    who = reporting_reader(request, reader)
    await run_in_threadpool(_store, request, site, f"{ecosystem}/{slug}", remedy, who, None)
    return Response(status_code=204)


async def form(
    request: Request,
    site: TheSite,
    language: TheLanguage,
    ecosystem: api.PathName,
    slug: api.PathName,
    remedy: api.PathName,
) -> Response:
    """A report from the form on an entry's page, which is shown again with what became of it."""
    async with limited(request, _MAX_BYTES, _TOO_LONG).form(max_files=0, max_fields=8) as fields:
        given = {name: value for name, value in fields.items() if isinstance(value, str)}
    reader = reporting_reader(request)
    said = given.pop("worked", "")
    if said not in ("yes", "no", "withdraw"):
        raise HTTPException(422, "`worked`: write yes, no or withdraw.")
    what = None
    if said != "withdraw":
        try:
            what = Report.model_validate({**given, "worked": said == "yes"})
        except ValidationError as error:
            raise HTTPException(422, sentences(error.errors())) from None
    entry_id, _ = await run_in_threadpool(
        _store, request, site, f"{ecosystem}/{slug}", remedy, reader, what
    )
    page = with_query(f"{language.prefix}/{entry_id}", reported=remedy)
    return RedirectResponse(f"{page}#report-{remedy}", 303, {"Cache-Control": "no-store"})


def to_entry(
    language: TheLanguage, ecosystem: api.PathName, slug: api.PathName, remedy: api.PathName
) -> Response:
    """Reports are not shown one by one; the page has what they add up to."""
    return RedirectResponse(f"{language.prefix}/{ecosystem}/{slug}#report-{remedy}", 303)


def _known(site: Site, entry_id: str, remedy: str) -> str:
    """The entry's present id. Raises UnknownEntry, or 404 for the remedy."""
    catalogue = site.catalogue
    entry_id = catalogue.alias(entry_id) or entry_id
    entry = catalogue.entry(entry_id)
    if remedy not in {one.id for one in entry.remedies}:
        raise HTTPException(404, f"{entry_id} has no remedy `{remedy}`.")
    return entry_id


def _store(
    request: Request, site: Site, entry_id: str, remedy: str, reader: Reader, what: Report | None
) -> tuple[str, bool]:
    """Count a report, or with None forget it. Gives the entry's present id, and if it is new."""
    entry_id = _known(site, entry_id, remedy)
    request.app.state.limiter.take(reader.network)
    live = _live(site)
    if what is None:
        live.outcomes.withdraw(entry_id, remedy, reader)
    is_new = what is not None and live.outcomes.record(entry_id, remedy, what, reader)
    live.refresh()
    return entry_id, is_new


def _live(site: Site) -> LiveOutcomes:
    if site.live is None:
        raise HTTPException(404, "This site takes no reports.")
    return site.live


def _answer(site: Site, entry_id: str, remedy_id: str, *, worked: bool) -> OutcomeAnswer:
    page = site.catalogue.page(entry_id, "en")
    remedy = next(one for one in page.entry.remedies if one.id == remedy_id)
    found = rate(
        remedy.estimate, page.trials.get(remedy_id), site.reported.of(entry_id).get(remedy_id)
    )
    return OutcomeAnswer(entry=entry_id, remedy=remedy_id, worked=worked, rate=RateAnswer.of(found))
