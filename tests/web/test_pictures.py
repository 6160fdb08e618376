"""What other sites show of a link: words and a picture."""

import io
import re

import pytest
from starlette.testclient import TestClient

from app.web import pictures
from app.web.languages import CHINESE, ENGLISH, SITE_LANGUAGES
from tests.web.test_pages import PAGES

ENTRY = "/pip/hash-mismatch"
META = re.compile(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">')
can_draw = pytest.mark.skipif(not pictures.can_draw(ENGLISH), reason="no Pillow or no fonts")


@pytest.mark.parametrize("language", SITE_LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize("path", [one for one in PAGES if "?" not in one])
def test_a_page_says_what_it_is_to_other_sites(client: TestClient, path: str, language):
    html = client.get(language.prefix + path).text
    found = META.findall(html)
    card = dict(found)
    assert len(card) == len(found), "each once"
    assert card["og:title"]
    assert f"<title>{card['og:title']}</title>" in html
    assert card["og:description"]
    assert html.count('<meta name="description"') == 1
    assert card["og:site_name"] == "Wayout"
    assert card["og:url"].startswith(f"http://testserver{language.prefix}/")
    assert card["og:locale"] in ("en_US", "zh_CN", "zh_TW")
    assert card["og:type"] == (
        "article" if path.count("/") == 2 and path[1:4] in ("pip", "nod") else "website"
    )


@pytest.mark.parametrize("language", SITE_LANGUAGES, ids=lambda one: one.tag)
def test_an_entry_names_its_picture_where_there_is_one(client: TestClient, language):
    html = client.get(language.prefix + ENTRY).text
    card = dict(META.findall(html))
    address = f"{language.prefix}{ENTRY}.og.png"
    if not pictures.can_draw(language):
        assert "og:image" not in card
        assert card["twitter:card"] == "summary"
        assert client.get(address).status_code == 404
        return
    assert card["og:image"] == f"http://testserver{address}"
    assert card["twitter:card"] == "summary_large_image"
    response = client.get(address)
    assert response.headers["content-type"] == "image/png"
    assert (
        client.get(address, headers={"If-None-Match": response.headers["etag"]}).status_code == 304
    )
    from PIL import Image

    assert Image.open(io.BytesIO(response.content)).size == (1200, 630)
    assert len(response.content) < 60_000
    assert client.get(f"{language.prefix}/pip/nowhere.og.png").status_code == 404


def test_without_fonts_no_picture_is_named(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pictures, "_MONO", ())
    assert not pictures.can_draw(ENGLISH)
    assert not pictures.can_draw(CHINESE)
    assert client.get(f"{ENTRY}.og.png").status_code == 404


@can_draw
@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("", ""),
        ("<" * 100_000, "W" * 100_000),
        ("<package> " * 500, "标题" * 500),
        ("\x1b[31m错误：\0<a b>\N{RIGHT-TO-LEFT OVERRIDE}\ud800", "a\nb\tc"),
    ],
    ids=["empty", "one long word", "many placeholders", "odd characters"],
)
def test_any_text_makes_a_picture(message: str, title: str):
    assert pictures.picture("x/" + "y" * 78, message, title, ENGLISH).startswith(b"\x89PNG")


def test_a_browser_finds_an_icon(client: TestClient):
    assert client.get("/favicon.ico").headers["content-type"] == "image/x-icon"
    html = client.get("/").text
    for icon in re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="([^"]+)"', html):
        assert client.get(icon).headers["content-type"].startswith("image/")
