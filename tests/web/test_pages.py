"""Pages as a browser gets them, in both languages."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.catalogue.build import build
from app.config import Settings
from tests.samples import make_entry

PAGES = (
    "/",
    "/pip",
    "/pip/hash-mismatch",
    "/node/require-esm",
    "/tags/hash",
    "/categories/network",
    "/search",
    "/search?q=hash",
    "/search?q=zzzzzz",
    "/status",
    "/about",
    "/docs",
)


class Links(HTMLParser):
    """Collects the links of a page, and its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.alternates: dict[str, str] = {}
        self.canonical = ""
        self.language = ""
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        if tag == "a" and "href" in given:
            self.hrefs.append(given["href"])
        if tag == "link" and given.get("hreflang"):
            self.alternates[given["hreflang"]] = given["href"]
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical = given["href"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_every_page_has_its_twin_and_one_first_heading(client: TestClient, path: str, prefix: str):
    response = client.get(prefix + path)
    assert response.status_code == 200, response.text
    page = Links(response.text)
    assert page.language == ("zh-Hans" if prefix else "en")
    assert response.headers["content-language"] == page.language
    assert {"en", "zh-Hans", "x-default"} <= set(page.alternates)
    assert page.alternates["zh-Hans"].startswith("http://testserver/zh/")
    assert page.headings.count(1) == 1
    assert all(
        below - above <= 1 for above, below in zip(page.headings, page.headings[1:], strict=False)
    )
    assert len(page.ids) == len(set(page.ids))


def test_every_internal_link_leads_somewhere(client: TestClient):
    seen: set[str] = set()
    todo = ["/", "/zh/"]
    while todo:
        path = todo.pop()
        page = Links(client.get(path).text)
        for href in {href.partition("#")[0] for href in page.hrefs if href.startswith("/")}:
            if href and href not in seen:
                seen.add(href)
                response = client.get(href)
                assert response.status_code == 200, (path, href)
                if response.headers["content-type"].startswith("text/html") and "?" not in href:
                    todo.append(href)
    assert {"/pip/hash-mismatch", "/zh/pip/hash-mismatch", "/pip/hash-mismatch.json"} <= seen


def test_anchors_on_a_page_exist(client: TestClient):
    page = Links(client.get("/pip/hash-mismatch").text)
    wanted = {href[1:] for href in page.hrefs if href.startswith("#")}
    assert wanted
    assert wanted <= set(page.ids)


def test_an_entry_shows_all_its_parts(client: TestClient):
    html = client.get("/pip/hash-mismatch").text
    for text in (
        "THESE PACKAGES DO NOT MATCH",
        "HASH_MISMATCH",
        "pip refuses a file",
        "<em>not</em>",
        "The index supplied the hash",
        "Is there a proxy?",
        "Regenerate the hashes",
        "Remove the hashes",
        "Nothing protects the download any more.",
        "Works when nothing was tampered with",
        "Reinstall pip",
        "Successfully installed",
        "pip 26.3",
        "Secure installs",
        "https://github.com/pypa/pip/blob/26.3/src/pip/_internal/exceptions/hashes.py#L172",
        "requirements.txt",
        "Every version since hash checking.",
        "&gt;=8.0",
    ):
        assert text in html, text
    assert "no trials yet" in html


def test_the_chinese_page_is_chinese_and_marks_what_is_not(client: TestClient):
    html = client.get("/zh/pip/hash-mismatch").text
    assert "下载的文件与预期的哈希值不一致" in html
    assert "重新生成哈希值" in html
    assert re.search(r'lang="en"[^>]*>\s*(?:<[^>]+>\s*)*The file is <em>not</em> installed', html)


def test_placeholders_and_hostile_texts_are_escaped(
    client: TestClient, settings: Settings, write: Callable[..., Path]
):
    write(
        make_entry(
            id="pip/hostile",
            title="<script>alert(1)</script> & more",
            message="error: <package> </script><img src=x onerror=alert(1)>",
            meaning="`<b>` [x](javascript:alert(1)) <img src=x onerror=alert(1)>",
        )
    )
    build(settings.content, settings.catalogue_path)
    for path in ("/pip/hostile", "/search?q=alert", "/pip"):
        html = client.get(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "javascript:" not in html
    html = client.get("/pip/hostile").text
    assert '<var data-name="package">&lt;package&gt;</var>' in html


def test_search_marks_the_words_and_says_how_it_read_them(client: TestClient):
    html = client.get("/search?q=digest").text
    assert "<mark>digest</mark>" in html
    assert "mismatch" in client.get("/search?q=mismtach").text
    html = client.get("/zh/search?q=哈希").text
    assert "<mark>哈希</mark>" in html or "<mark>哈希值</mark>" in html


def test_an_alias_is_redirected_for_ever(client: TestClient):
    response = client.get("/pip/timeout", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (301, "/pip/read-timed-out")
    response = client.get("/zh/pip/timeout.json", follow_redirects=False)
    assert response.headers["location"] == "/zh/pip/read-timed-out.json"


def test_a_page_that_is_not_there_suggests_others(client: TestClient):
    response = client.get("/pip/hash-mismach")
    assert response.status_code == 404
    assert "/pip/hash-mismatch" in Links(response.text).hrefs
    assert client.get("/zh/pip/hash-mismach").status_code == 404


def test_status_lists_what_is_wrong_with_the_content(
    client: TestClient, settings: Settings, write: Callable[..., Path]
):
    write("pip/broken.md", "---\ntitel: x\n---\n")
    build(settings.content, settings.catalogue_path)
    html = client.get("/status").text
    assert "content/pip/broken.md" in html
    assert client.get("/pip/hash-mismatch").status_code == 200


def test_an_edit_is_on_the_page_at_once(
    client: TestClient, settings: Settings, write: Callable[..., Path]
):
    assert client.get("/pip/hash-mismatch").status_code == 200
    write(make_entry(title="A better title"))
    build(settings.content, settings.catalogue_path)
    assert "A better title" in client.get("/pip/hash-mismatch").text


def test_files_beside_an_entry_are_served_without_rights(
    client: TestClient, settings: Settings, write: Callable[..., Path]
):
    write(
        "pip/hash-mismatch-page.svg",
        '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    )
    write(make_entry(meaning="![What it shows](hash-mismatch-page.svg)"))
    build(settings.content, settings.catalogue_path)
    response = client.get("/pip/hash-mismatch-page.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in response.headers["content-security-policy"]
    assert 'src="/pip/hash-mismatch-page.svg"' in client.get("/zh/pip/hash-mismatch").text


def test_static_files_have_lasting_names(client: TestClient):
    html = client.get("/").text
    address = re.search(r'href="(/static/[^"]+\.css)"', html)
    assert address
    response = client.get(address[1])
    assert "immutable" in response.headers["cache-control"]
    assert client.get("/static/nowhere.css").status_code == 404
    assert client.get("/static/../pyproject.toml").status_code == 404
