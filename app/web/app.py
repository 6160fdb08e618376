"""The application: routes, error handlers and the middleware put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

import app
from app.config import Settings, read_settings
from app.web import api, feeds, problems, reference
from app.web.http import Http
from app.web.languages import SITE_LANGUAGES
from app.web.matching import matching_router
from app.web.outcomes import Limiter, outcomes_router
from app.web.pages import TheSite, pages_router
from app.web.site import Site

_IMMUTABLE = "public, max-age=31536000, immutable"


def create_app(settings: Settings | None = None) -> Any:  # noqa: ANN401 - an ASGI application
    """The site as an ASGI application. Raises ConfigError or CatalogueError."""
    site = Site(settings or read_settings())
    web = FastAPI(
        title="Wayout",
        version=app.__version__,
        summary="An error knowledge base: paste a message or a log, get the way out.",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": site.settings.base_url}] if site.settings.base_url else None,
        lifespan=_lifespan(site),
        license_info={"name": "MIT; content CC BY 4.0", "identifier": "MIT AND CC-BY-4.0"},
    )
    web.state.site = site
    web.state.limiter = Limiter()
    problems.install(web)
    web.add_api_route("/uri-too-long", _uri_too_long, include_in_schema=False)
    web.add_api_route(
        "/static/{name:path}", _static, methods=["GET", "HEAD"], include_in_schema=False
    )
    # Browsers and feed readers ask for it without having read a page.
    web.add_api_route("/favicon.ico", _favicon, include_in_schema=False)
    web.include_router(feeds.router)
    web.include_router(api.router)
    web.include_router(matching_router(SITE_LANGUAGES))
    web.include_router(outcomes_router(SITE_LANGUAGES))
    web.include_router(reference.router)
    for language in reversed(SITE_LANGUAGES):
        # English comes last: its `/{ecosystem}/{name}` would take `/zh/…` for an entry.
        web.include_router(pages_router(language.prefix))
    return Http(web, lambda: (site.catalogue, site.reported))


def _lifespan(site: Site) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if site.live:
            site.live.start()
        yield
        if site.live:
            site.live.stop()

    return lifespan


def _uri_too_long(request: Request) -> Response:
    if request.scope.get("wayout.too_long"):
        raise HTTPException(414, "The address is too long: send a long text with POST to /match.")
    raise HTTPException(404)


def _static(name: str, site: TheSite) -> Response:
    asset = site.assets.at(f"/static/{name}")
    if asset is None:
        raise HTTPException(404)
    is_versioned = asset.address == f"/static/{name}"
    headers = {"Cache-Control": _IMMUTABLE if is_versioned else "no-cache"}
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def _favicon(site: TheSite) -> Response:
    return _static("favicon.ico", site)
