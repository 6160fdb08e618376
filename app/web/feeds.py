"""Doors for machines that are not the API: sitemap, feed, robots, OpenSearch, llms.txt, health."""

from typing import Final
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response

import app
from app.catalogue.queries import Catalogue
from app.catalogue.results import MAX_LIMIT, Card, Filters
from app.search.scripts import traditional
from app.web.languages import SITE_LANGUAGES
from app.web.pages import TheSite
from app.web.paths import language_of_path

router = APIRouter(include_in_schema=False)

_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def _xml(root: ET.Element, media_type: str) -> Response:
    ET.indent(root)
    return Response(ET.tostring(root, "utf-8", xml_declaration=True), media_type=media_type)


def _all_cards(catalogue: Catalogue, language: str) -> list[Card]:
    cards: list[Card] = []
    while True:
        listed = catalogue.cards(Filters(), language, len(cards), MAX_LIMIT)
        cards += listed.cards
        if len(cards) >= listed.total:
            return cards


@router.get("/sitemap.xml")
def sitemap(request: Request, site: TheSite) -> Response:
    """Every page in every language, each with its twins."""
    ET.register_namespace("", _SITEMAP)
    ET.register_namespace("xhtml", _XHTML)
    catalogue, base_url = site.catalogue, site.base_url(request)
    root = ET.Element(f"{{{_SITEMAP}}}urlset")
    pages: list[tuple[str, str | None]] = [("/", None), ("/about", None)]
    pages += [(f"/{count.name}", None) for count in catalogue.counts("ecosystem")]
    pages += [(f"/categories/{count.name}", None) for count in catalogue.counts("category")]
    pages += [(f"/tags/{count.name}", None) for count in catalogue.counts("tag")]
    pages += [(f"/{card.id}", card.changed) for card in _all_cards(catalogue, "en")]
    for path, changed in pages:
        for language in SITE_LANGUAGES:
            url = ET.SubElement(root, f"{{{_SITEMAP}}}url")
            ET.SubElement(url, f"{{{_SITEMAP}}}loc").text = base_url + language.prefix + path
            if changed:
                ET.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = changed
            for twin in SITE_LANGUAGES:
                link = {
                    "rel": "alternate",
                    "hreflang": twin.tag,
                    "href": base_url + twin.prefix + path,
                }
                ET.SubElement(url, f"{{{_XHTML}}}link", link)
    return _xml(root, "application/xml")


def feed(request: Request, site: TheSite) -> Response:
    """The entries written or reviewed last."""
    ET.register_namespace("", _ATOM)
    language = language_of_path(request.url.path)
    base_url = site.base_url(request)
    derived = traditional if language.source else str
    cards = site.catalogue.newest(language.code, 50)
    root = ET.Element(f"{{{_ATOM}}}feed", {_XML_LANG: language.tag})
    home = f"{base_url}{language.prefix}/"

    def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        element.text = text or None
        return element

    add(root, "id", home)
    add(root, "title", "Wayout")
    add(root, "updated", f"{cards[0].changed if cards else '1970-01-01'}T00:00:00Z")
    add(root, "link", href=home)
    add(root, "link", rel="self", href=f"{base_url}{request.url.path}")
    for card in cards:
        address = f"{base_url}{language.prefix}/{card.id}"
        entry = add(root, "entry")
        add(entry, "id", address)
        add(entry, "title", derived(card.title))
        add(entry, "updated", f"{card.changed}T00:00:00Z")
        add(add(entry, "author"), "name", "Wayout")
        add(entry, "link", href=address)
        add(entry, "summary", derived(card.summary))
    return _xml(root, "application/atom+xml")


def opensearch(request: Request, site: TheSite) -> Response:
    """Lets a browser search the site from its address bar."""
    ET.register_namespace("", _OPENSEARCH)
    language = language_of_path(request.url.path)
    root = ET.Element(f"{{{_OPENSEARCH}}}OpenSearchDescription")
    for name, value in (
        ("ShortName", "Wayout"),
        ("Description", "Error knowledge base"),
        ("InputEncoding", "UTF-8"),
        ("Language", language.tag),
    ):
        ET.SubElement(root, f"{{{_OPENSEARCH}}}{name}").text = value
    template = f"{site.base_url(request)}{language.prefix}/search?q={{searchTerms}}"
    ET.SubElement(root, f"{{{_OPENSEARCH}}}Url", {"type": "text/html", "template": template})
    return _xml(root, "application/opensearchdescription+xml")


for _each in SITE_LANGUAGES:
    router.add_api_route(f"{_each.prefix}/feed.atom", feed, methods=["GET"])
    router.add_api_route(f"{_each.prefix}/opensearch.xml", opensearch, methods=["GET"])


@router.get("/robots.txt")
def robots(request: Request, site: TheSite) -> Response:
    """Everything may be read, but results of searches are no pages of their own."""
    text = "User-agent: *\n"
    text += "".join(f"Disallow: {language.prefix}/search\n" for language in SITE_LANGUAGES)
    text += f"\nSitemap: {site.base_url(request)}/sitemap.xml\n"
    return Response(text, media_type="text/plain; charset=utf-8")


@router.get("/llms.txt")
def llms(request: Request, site: TheSite) -> Response:
    """What there is and how to fetch it, in Markdown, short."""
    catalogue, base_url = site.catalogue, site.base_url(request)
    lines = [
        "# Wayout",
        "",
        "> An error knowledge base: causes, workarounds with their rates, dead ends.",
        "",
        f"Every entry is also Markdown (`{base_url}/pip/hash-mismatch.md`) and JSON (`.json`).",
        "",
        "## API",
        "",
        f"- [OpenAPI]({base_url}/openapi.json): every route, with its parameters",
        f"- [Search]({base_url}/api/v1/search?q=hash+mismatch): words to entries",
        f"- [Export]({base_url}/api/v1/export.ndjson): all entries, one JSON document a line",
        "",
        "## Entries",
        "",
    ]
    lines += [
        f"- [{count.name}]({base_url}/api/v1/entries?ecosystem={count.name}): {count.entries}"
        for count in catalogue.counts("ecosystem")
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")


@router.get("/healthz")
def healthy() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": app.__version__}


@router.get("/readyz")
def ready(site: TheSite) -> dict[str, object]:
    """The catalogue can be read."""
    entries = site.catalogue.cards(Filters(), "en", 0, 1).total
    return {"status": "ok", "entries": entries, "built": site.catalogue.built}
