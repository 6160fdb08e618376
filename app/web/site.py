"""What all pages share: the settings, the open catalogue, the templates."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import fields
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

import app
from app import render
from app.catalogue.current import CurrentCatalogue
from app.catalogue.queries import Catalogue
from app.config import Settings, own_folder
from app.outcomes.live import NOTHING_REPORTED, LiveOutcomes, Reported
from app.outcomes.store import Outcomes
from app.rates import hundredths
from app.search.chinese import has_han
from app.web import pictures
from app.web.assets import Assets
from app.web.contexts import ErrorPage
from app.web.languages import (
    SITE_LANGUAGES,
    SiteLanguage,
    language_of,
    translations,
)
from app.web.names import name_of
from app.web.paths import PATHS, language_of_path, path_without_language
from app.web.traditional import traditional_page

AT_ONCE: Final = 2
"""Long logs that are read at the same time; more would only make each other slower."""


class Site:
    """One running site; several can live in one process."""

    def __init__(self, settings: Settings) -> None:
        """Open the catalogue of the settings. Raises CatalogueError or ConfigError."""
        self.settings = settings
        self.current = CurrentCatalogue(settings.catalogue_path)
        self.live = LiveOutcomes(Outcomes(settings.database_url)) if settings.outcomes else None
        self.assets = Assets(own_folder("static"))
        self.places = asyncio.Semaphore(AT_ONCE)
        self._environments = {
            language.tag: _environment(language, self.assets) for language in SITE_LANGUAGES
        }

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue as it is now."""
        return self.current.get()

    @property
    def reported(self) -> Reported:
        """What readers have reported, as far as it is known now."""
        return self.live.reported if self.live else NOTHING_REPORTED

    def base_url(self, request: Request) -> str:
        """The public address of the site, without a slash at its end."""
        return self.settings.base_url or str(request.base_url).rstrip("/")

    def page(
        self,
        request: Request,
        template: str,
        context: Any,  # noqa: ANN401 - any dataclass of app.web.contexts
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Render a page in the language of the request's path."""
        language = language_of_path(request.url.path)
        environment = self._environments[language.tag]
        path = path_without_language(request.url.path)
        html = environment.get_template(template).render(
            {field.name: getattr(context, field.name) for field in fields(context)},
            language=language,
            path=path,
            query_string=f"?{request.url.query}" if request.url.query else "",
            twins=[
                (other, other.prefix + path if path != "/" else other.prefix + "/")
                for other in SITE_LANGUAGES
            ],
            base_url=self.base_url(request),
            version=app.__version__,
        )
        if language.source:
            html = traditional_page(html)
        found = {
            "Content-Language": language.tag,
            "Vary": "Accept, Accept-Encoding",
            **(headers or {}),
        }
        return HTMLResponse(html, status, found)

    def error_page(
        self,
        request: Request,
        status: int,
        detail: str,
        near: list[str],
        headers: dict[str, str] | None,
    ) -> HTMLResponse:
        """A page for an error, with entries that may have been meant."""
        language = language_of_path(request.url.path)
        catalogue = self.catalogue
        if status == 404 and not near:
            near = catalogue.near_ids(path_without_language(request.url.path).strip("/"))
        cards = catalogue.cards_of(near, language.code)
        title = HTTPStatus(status).phrase
        context = ErrorPage(status, title, detail, [cards[one] for one in near if one in cards])
        return self.page(request, "error.html", context, status, headers)


def _environment(language: SiteLanguage, assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(own_folder("templates")),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations(language.code), newstyle=True
    )
    environment.globals["asset"] = assets.address
    environment.globals["has_pictures"] = pictures.can_draw(language)
    environment.globals["href"] = _href(language)
    environment.globals["with_query"] = with_query
    environment.filters["marked"] = render.marked
    environment.filters["message"] = render.message
    environment.filters["printable"] = render.printable
    environment.filters["ticked"] = render.ticked
    environment.filters["tag_of"] = lambda code: language_of(code).tag
    environment.filters["percent"] = lambda share: _percent(share, language)
    environment.filters["date"] = lambda day: format_date(day, "long", language.locale)
    environment.filters["lang_attr"] = lambda text: _lang_attribute(str(text), language)
    environment.filters["named"] = lambda value, kind: _named(str(value), kind, language)
    return environment


def _percent(share: float, language: SiteLanguage) -> str:
    """A share of 1 as people write it: with a thin space in English, without one in Chinese."""
    space = "" if language.code == "zh" else "\N{NARROW NO-BREAK SPACE}"
    return f"{hundredths(share)}{space}%"


def _lang_attribute(text: str, language: SiteLanguage) -> Markup:
    """What marks a text that is still English on a Chinese page."""
    return Markup(' lang="en"') if language.code == "zh" and not has_han(text) else Markup()


def _named(value: str, kind: str, language: SiteLanguage) -> str:
    """What readers call a value of an entry's field."""
    return str(translations(language.code).pgettext(kind, name_of(kind, value)))


def _href(language: SiteLanguage) -> Callable[..., str]:
    @pass_context
    def href(_: Context, page: str, **values: str) -> str:
        """The path of a page in the language of the template."""
        return language.prefix + PATHS[page].format(**values)

    return href


def with_query(path: str, **values: object) -> Markup | str:
    """The path with a query string of the values that are set."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
