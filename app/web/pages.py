"""The pages: each route reads the request, asks the catalogue, fills one context."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from app import render
from app.answers.entries import ordered
from app.answers.reproduction import reproduction_answer
from app.catalogue.queries import Catalogue
from app.catalogue.results import Card, Filters, Listed, Page
from app.content import json as json_documents
from app.content import markdown as markdown_documents
from app.content.translation import localized_entry
from app.entry import DeadEnd, Entry, Remedy
from app.matching import match
from app.rates import Trials
from app.search.parse import MAX_CHARACTERS, parse
from app.search.scripts import traditional
from app.web.contexts import (
    AboutPage,
    EntryPage,
    HomePage,
    ListPage,
    RelatedView,
    RemedyView,
    Said,
    SearchPage,
    StatusPage,
    Text,
)
from app.web.languages import SiteLanguage
from app.web.negotiation import preferred_media_type
from app.web.paths import PATHS, language_of_path
from app.web.pictures import can_draw, picture
from app.web.problems import problem_response
from app.web.readers import just_said
from app.web.reproductions import captured_views, reproduction_view
from app.web.site import Site

PAGE_SIZE = 50
PICTURE = "og.png"
_HTML, _JSON, _MARKDOWN = "text/html", "application/json", "text/markdown"


def site_of(request: Request) -> Site:
    """The site that answers a request."""
    site: Site = request.app.state.site
    return site


def _language(request: Request) -> SiteLanguage:
    return language_of_path(request.url.path)


TheSite = Annotated[Site, Depends(site_of)]
TheLanguage = Annotated[SiteLanguage, Depends(_language)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
FilterValue = Annotated[str | None, Query(max_length=80, pattern="^[a-z0-9-]*$")]


def pages_router(prefix: str) -> APIRouter:
    """The routes of the pages of one language."""
    router = APIRouter(prefix=prefix, include_in_schema=False, default_response_class=HTMLResponse)
    router.add_api_route(PATHS["home"] if not prefix else "/", home, methods=["GET", "HEAD"])
    if prefix:
        router.add_api_route("", to_home, methods=["GET", "HEAD"])
    for name, route in (
        ("tag", tag_list),
        ("category", category_list),
        ("search", search),
        ("status", status),
        ("about", about),
        ("ecosystem", ecosystem_list),
    ):
        router.add_api_route(PATHS[name], route, methods=["GET", "HEAD"])
    router.add_api_route("/{ecosystem}/{name}", entry, methods=["GET", "HEAD"])
    return router


def to_home(language: TheLanguage) -> Response:
    """The home page has a slash at its end in every language."""
    return RedirectResponse(language.prefix + "/", 308)


def home(request: Request, site: TheSite, language: TheLanguage) -> Response:
    """The paste box, the ecosystems, what is new."""
    catalogue = site.catalogue
    ecosystems = catalogue.counts("ecosystem")
    context = HomePage(
        ecosystems,
        catalogue.counts("category"),
        catalogue.newest(language.code, 10),
        sum(count.entries for count in ecosystems),
    )
    return site.page(request, "home.html", context)


def ecosystem_list(
    request: Request,
    site: TheSite,
    name: str,
    page: PageNumber = 1,
    category: FilterValue = None,
    tag: FilterValue = None,
) -> Response:
    """The entries of a tool or language."""
    filters = Filters(ecosystem=name, category=category or None, tag=tag or None)
    return _list(request, site, "ecosystem", name, filters, page)


def tag_list(
    request: Request,
    site: TheSite,
    name: str,
    page: PageNumber = 1,
    ecosystem: FilterValue = None,
    category: FilterValue = None,
) -> Response:
    """The entries with a tag."""
    filters = Filters(tag=name, ecosystem=ecosystem or None, category=category or None)
    return _list(request, site, "tag", name, filters, page)


def category_list(
    request: Request,
    site: TheSite,
    name: str,
    page: PageNumber = 1,
    ecosystem: FilterValue = None,
    tag: FilterValue = None,
) -> Response:
    """The entries of a category."""
    filters = Filters(category=name, ecosystem=ecosystem or None, tag=tag or None)
    return _list(request, site, "category", name, filters, page)


def _list(
    request: Request, site: Site, kind: str, name: str, filters: Filters, page: int
) -> Response:
    catalogue, language = site.catalogue, _language(request)
    listed = catalogue.cards(filters, language.code, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    if name not in {count.name for count in catalogue.counts(kind)}:
        return problem_response(request, 404, f"No entry has the {kind} `{name}`.")
    pages = _pages(listed)
    if page > pages:
        return problem_response(
            request, 404, f"The list has {pages} pages; there is no page {page}."
        )
    facets = {
        field: catalogue.counts(field, filters)
        for field in ("ecosystem", "category", "tag")
        if field != kind
    }
    context = ListPage(kind, name, listed.cards, listed.total, page, pages, filters, facets)
    return site.page(request, "list.html", context)


def _pages(listed: Listed) -> int:
    return max(1, ceil(listed.total / PAGE_SIZE))


def search(
    request: Request,
    site: TheSite,
    language: TheLanguage,
    q: Annotated[str, Query(max_length=MAX_CHARACTERS)] = "",
    page: Annotated[int, Query(ge=1, le=50)] = 1,
) -> Response:
    """Entries for a reader's words."""
    query = parse(q, from_taiwan=language.source is not None)
    found = None
    if query.text:
        offset = (page - 1) * PAGE_SIZE
        found = site.catalogue.search(query, language.code, offset=offset, limit=PAGE_SIZE)
    matched = _matched(site.catalogue, q, language) if query.text and page == 1 else []
    pages = max(1, ceil(found.total / PAGE_SIZE)) if found else 1
    if page > pages:
        return problem_response(
            request, 404, f"The result has {pages} pages; there is no page {page}."
        )
    return site.page(request, "search.html", SearchPage(query, found, matched, page, pages))


def _matched(catalogue: Catalogue, text: str, language: SiteLanguage) -> list[Card]:
    """Entries whose message a query is: readers paste those into the search, too."""
    ids = [found.id for found in match(catalogue.matcher, text).matches]
    cards = catalogue.cards_of(ids, language.code)
    return [cards[one] for one in ids if one in cards]


def status(request: Request, site: TheSite) -> Response:
    """What is served, and what is wrong with the content."""
    catalogue = site.catalogue
    entries = sum(count.entries for count in catalogue.counts("ecosystem"))
    reported = site.reported
    context = StatusPage(
        catalogue.built,
        entries,
        catalogue.translated(),
        reported.total if site.live else None,
        reported.problem,
        catalogue.problems(),
    )
    return site.page(request, "status.html", context)


def about(request: Request, site: TheSite) -> Response:
    """What Wayout is, and how its rates are made."""
    return site.page(request, "about.html", AboutPage())


def entry(
    request: Request, site: TheSite, language: TheLanguage, ecosystem: str, name: str
) -> Response:
    """An entry as a page, JSON or Markdown, or a file that lies beside it."""
    catalogue = site.catalogue
    stem, _, suffix = name.partition(".")
    entry_id = f"{ecosystem}/{stem}"
    if suffix == PICTURE and can_draw(language):
        return _picture(catalogue, entry_id, language)
    if suffix not in ("", "json", "md"):
        return _attachment(request, catalogue, f"{ecosystem}/{name}")
    new_id = catalogue.alias(entry_id)
    if new_id:
        address = f"{language.prefix}/{new_id}{'.' if suffix else ''}{suffix}"
        return RedirectResponse(address, 301)
    wanted = {"json": _JSON, "md": _MARKDOWN}.get(suffix) or preferred_media_type(
        request.headers.get("accept", ""), (_HTML, _JSON, _MARKDOWN)
    )
    if wanted != _HTML:
        return _document(site, catalogue.entry(entry_id), language.written, wanted, request)
    page = catalogue.page(entry_id, language.code)
    document = f"{language.written.prefix}/{entry_id}"
    links = f'<{document}.json>; rel="alternate"; type="{_JSON}", '
    links += f'<{document}.md>; rel="alternate"; type="{_MARKDOWN}"'
    context = entry_context(site, page, language, just_said(request, site, entry_id))
    if evidence := catalogue.evidence(entry_id):
        found = reproduction_answer(evidence, language.code)
        context = replace(
            context,
            captured=captured_views(found, page.entry),
            tried=reproduction_view(found, page.entry, context.workarounds, context.dead_ends),
        )
    return site.page(request, "entry.html", context, headers={"Link": links})


def _document(
    site: Site, found: Entry, language: SiteLanguage, media_type: str, request: Request
) -> Response:
    if language.code != "en":
        found = localized_entry(found, language.code)
    headers = {"Vary": "Accept, Accept-Encoding", "Content-Language": language.tag}
    if media_type == _MARKDOWN:
        text = markdown_documents.write_entry(found)
        return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)
    schema = f"{site.base_url(request)}/api/v1/schema/entry.json"
    text = json_documents.write_entry(found, schema)
    return Response(text, media_type=_JSON, headers=headers)


def _picture(catalogue: Catalogue, entry_id: str, language: SiteLanguage) -> Response:
    card = catalogue.page(entry_id, language.code).card
    title = traditional(card.title) if language.source else card.title
    body = picture(entry_id, card.message, title, language)
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(body, media_type="image/png", headers=headers)


def _attachment(request: Request, catalogue: Catalogue, name: str) -> Response:
    file = catalogue.attachment(name)
    if file is None:
        return problem_response(request, 404, f"There is no file {name}.")
    # An SVG may carry script; on its own it gets no right to run any.
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(file.body, media_type=file.media_type, headers=headers)


def entry_context(
    site: Site, page: Page, language: SiteLanguage, said: Said | None = None
) -> EntryPage:
    """An entry's page, put together from its rendered parts; `said` is what was just reported."""
    entry = page.entry
    parts = {key: _text_of(value) for key, value in page.parts.items()}
    titles = {cause.id: parts[f"causes.{cause.id}"].title for cause in entry.causes}
    cards = site.catalogue.cards_of([related.id for related in entry.related], language.code)
    states = [part.freshness for part in parts.values()]
    reported = site.reported.of(entry.id)
    return EntryPage(
        entry=entry,
        card=page.card,
        message=render.message(entry.message),
        parts=parts,
        causes=[(cause, parts[f"causes.{cause.id}"]) for cause in entry.causes],
        workarounds=_remedies(entry.workarounds, page, reported, parts, titles),
        dead_ends=_remedies(entry.dead_ends, page, reported, parts, titles),
        examples=[(example, parts[f"examples.{example.id}"]) for example in entry.examples],
        versions=[(one, parts.get(f"versions.{one.name}")) for one in entry.versions],
        triggered_by=[
            (location, parts[f"triggered-by.{number}"])
            for number, location in enumerate(entry.triggered_by, 1)
        ],
        related=[
            RelatedView(one, parts.get(f"related.{one.id}"), cards.get(one.id))
            for one in entry.related
        ],
        stale=states.count("stale"),
        missing=states.count("missing"),
        problems=page.problems,
        source=page.source,
        takes_reports=site.live is not None,
        said=said,
    )


def _text_of(value: dict[str, Any]) -> Text:
    # The fragments were sanitized by app.render when the catalogue was built.
    fields = {name: Markup(html) for name, html in value["fields"].items()}  # noqa: S704
    return Text(fields, value["language"], value["freshness"])


def _remedies(
    remedies: Iterable[Remedy],
    page: Page,
    reported: Mapping[str, Trials],
    parts: dict[str, Text],
    titles: dict[str, Markup],
) -> list[RemedyView]:
    return [
        RemedyView(
            remedy,
            parts[f"{'dead-ends' if isinstance(remedy, DeadEnd) else 'workarounds'}.{remedy.id}"],
            rate,
            [(cause, titles[cause]) for cause in remedy.when if cause in titles],
            number,
        )
        for number, (remedy, rate) in enumerate(ordered(remedies, page.trials, reported), 1)
    ]
