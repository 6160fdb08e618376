"""Errors as responses: RFC 9457 problem documents for programs, a page for people."""

import logging
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.errors import OutcomesUnavailable, TooManyReports, UnknownEntry
from app.web.negotiation import preferred_media_type

MEDIA_TYPE: Final = "application/problem+json"
log = logging.getLogger("wayout")


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str = "about:blank"
    title: str = Field(description="The same for all problems of this status")
    status: int
    detail: str = Field(description="What is wrong with this request, and what to send instead")
    instance: str = Field(description="The path that was asked for")
    near: list[str] = Field([], description="Ids that look like the one asked for")


def problem_response(
    request: Request,
    status: int,
    detail: str,
    near: list[str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document, or a page where the client would rather see one."""
    wants_page = not request.url.path.startswith("/api/") and (
        preferred_media_type(request.headers.get("accept", ""), ("application/json", "text/html"))
        == "text/html"
    )
    if wants_page:
        page: Response = request.app.state.site.error_page(
            request, status, detail, near or [], headers
        )
        return page
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        near=near or [],
    )
    body = problem.model_dump(exclude_defaults=not near)
    body = {"type": "about:blank", **body}
    return JSONResponse(
        body, status, media_type=MEDIA_TYPE, headers={"Vary": "Accept", **(headers or {})}
    )


def install(app: FastAPI) -> None:
    """Answer every exception that leaves a route, and say so in the OpenAPI document."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        for methods in document["paths"].values():
            for operation in methods.values():
                for answer in operation["responses"].values():
                    # FastAPI lists its own media type beside ours.
                    if MEDIA_TYPE in answer.get("content", {}):
                        answer["content"].pop("application/json", None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]

    async def unknown_entry(request: Request, error: Exception) -> Response:
        assert isinstance(error, UnknownEntry)  # noqa: S101 - what the handler is registered for
        return problem_response(request, 404, str(error), error.near)

    async def unavailable(request: Request, error: Exception) -> Response:
        log.warning("%s", error)
        detail = "Reports cannot be stored just now: try again in a minute. Nothing was counted."
        return problem_response(request, 503, detail, headers={"Retry-After": "30"})

    async def too_many(request: Request, error: Exception) -> Response:
        assert isinstance(error, TooManyReports)  # noqa: S101
        detail = "Too many reports came from your address: try again later."
        headers = {"Retry-After": str(error.retry_after)}
        return problem_response(request, 429, detail, headers=headers)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        detail = error.detail
        if detail == HTTPStatus(error.status_code).phrase:
            detail = _default_detail(request, error.status_code)
        return problem_response(
            request, error.status_code, detail, headers=dict(error.headers or {})
        )

    async def bad_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return problem_response(request, 422, sentences(error.errors()))

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected error at %s", request.url.path, exc_info=error)
        detail = "Something went wrong on our side; it is in the log."
        return problem_response(request, 500, detail)

    app.add_exception_handler(UnknownEntry, unknown_entry)
    app.add_exception_handler(OutcomesUnavailable, unavailable)
    app.add_exception_handler(TooManyReports, too_many)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, bad_request)
    app.add_exception_handler(Exception, unexpected)


def _default_detail(request: Request, status: int) -> str:
    match status:
        case 404:
            return f"There is nothing at {request.url.path}."
        case 405:
            return f"{request.method} is not answered at {request.url.path}."
        case _:
            return f"{HTTPStatus(status).phrase}."


def sentences(errors: Any) -> str:  # noqa: ANN401 - pydantic's error dictionaries
    """What is wrong with a request's values, each with the name of the value."""
    found = []
    for error in errors:
        where = [
            str(step) for step in error["loc"] if step not in ("query", "path", "body", "header")
        ]
        message = error["msg"].removeprefix("Value error, ")
        found.append(f"`{'.'.join(where)}`: {message}" if where else message)
    return "; ".join(found) + "."
