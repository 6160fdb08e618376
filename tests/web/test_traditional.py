"""The pages in Traditional Chinese, derived from those in Simplified Chinese."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from app.search import scripts
from app.web import traditional
from tests.web.test_pages import PAGES, Links

pytestmark = pytest.mark.skipif(not scripts.AVAILABLE, reason="OpenCC is not installed")
ENTRY = "/pip/hash-mismatch"


class Code(HTMLParser):
    """What is never translated on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open = 0
        self.feed(html)

    def handle_starttag(self, tag, _):
        self._open += tag in ("code", "pre", "var")

    def handle_endtag(self, tag):
        self._open -= tag in ("code", "pre", "var")

    def handle_data(self, data):
        if self._open:
            self.texts.append(data)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_labelled_twin_in_traditional_chinese(client: TestClient, path: str):
    response = client.get(f"/zh-Hant{path}")
    assert response.status_code == 200
    page = Links(response.text)
    assert page.language == response.headers["content-language"] == "zh-Hant"
    assert page.alternates["zh-Hant"].startswith("http://testserver/zh-Hant/")
    assert page.canonical == page.alternates["zh-Hant"]
    assert '<p class="derived">' in response.text
    assert f"/zh{path}" in page.hrefs
    assert "繁體中文" in client.get(path).text


def test_words_are_those_of_taiwan_and_the_rest_is_as_it_was(client: TestClient):
    simplified, derived = client.get(f"/zh{ENTRY}").text, client.get(f"/zh-Hant{ENTRY}").text
    assert "下載的檔案與預期的雜湊值不一致" in derived
    assert "简体中文" in derived, "a language is named in its own script"
    body = derived.replace("简体中文", "")
    assert not re.search("[这们对个时经发开为无应过还]", re.sub("<[^>]*>", "", body))
    assert Code(derived).texts == Code(simplified).texts != []


@pytest.mark.parametrize("path", PAGES)
def test_without_words_to_convert_a_page_is_written_as_it_was_read(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(traditional, "traditional", str)
    html = client.get(f"/zh{path}").text
    assert traditional.traditional_page(html) == html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>软件</p>", "<p>軟體</p>"),
        ("<p>用 <code>软件</code> &amp; 软件</p>", "<p>用 <code>软件</code> &amp; 軟體</p>"),
        ("<code><code>软</code>软</code>软件", "<code><code>软</code>软</code>軟體"),
        (
            '<p translate="no">软件<br><b>软件</b></p>软件',
            '<p translate="no">软件<br><b>软件</b></p>軟體',
        ),
        ('<q lang="en">软件</q>软件', '<q lang="en">软件</q>軟體'),
        ('<input placeholder="软件" value="软件">', '<input placeholder="軟體" value="软件">'),
        ('<a title="a > 软件" href="/软件">', '<a title="a > 軟體" href="/软件">'),
        (
            '<script src="x" data-copy="复制"></script>',
            '<script src="x" data-copy="複製"></script>',
        ),
        ('<var data-name="软件">&lt;软件&gt;</var>', '<var data-name="软件">&lt;软件&gt;</var>'),
        ("<!doctype html><!--软-->", "<!doctype html><!--软-->"),
    ],
)
def test_only_words_are_converted(html: str, expected: str):
    assert traditional.traditional_page(html) == expected


def test_data_for_machines_says_what_the_page_says(client: TestClient):
    html = client.get(f"/zh-Hant{ENTRY}").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found
    article = json.loads(found[1])["@graph"][0]
    assert article["headline"] in html
    assert "雜湊" in article["headline"]
    assert article["inLanguage"] == "zh-Hant"


def test_a_query_in_traditional_chinese_finds_what_one_in_simplified_finds(client: TestClient):
    for path in ("/zh-Hant/search?q=雜湊", "/zh/search?q=雜湊", "/search?q=雜湊"):
        html = client.get(path).text
        assert "/pip/hash-mismatch" in html, path
        assert 'value="雜湊"' in html
    assert "<mark>雜湊</mark>" in client.get("/zh-Hant/search?q=雜湊").text
    found = client.get("/api/v1/search", params={"q": "雜湊", "lang": "zh"}).json()
    assert found["items"][0]["id"] == "pip/hash-mismatch"


@pytest.mark.parametrize("word", ["显著", "预设", "哈希值", "ERR_REQUIRE_ESM", "干"])
def test_a_query_in_simplified_chinese_stays_as_it_is(word: str):
    assert scripts.simplified(word) == word


@pytest.mark.parametrize(
    "word", ["软件包", "默认", "打印", "登录", "缓存", "仓库", "镜像源", "程序", "内存"]
)
def test_a_word_of_a_derived_page_leads_back_to_the_word_it_was_made_from(word: str):
    assert scripts.simplified(scripts.traditional(word), from_taiwan=True) == word


def test_text_with_odd_characters_is_converted_whole():
    assert scripts.traditional("软件\0软件") == "軟體\0軟體"
    assert scripts.simplified("\ud800 軟體\0軟體") == "\ud800 软件\0软件"


def test_documents_of_a_derived_page_are_those_that_people_wrote(client: TestClient):
    response = client.get(f"/zh-Hant{ENTRY}.md")
    assert response.headers["content-language"] == "zh-Hans"
    assert response.text == client.get(f"/zh{ENTRY}.md").text
    page = client.get(f"/zh-Hant{ENTRY}")
    assert f"</zh{ENTRY}.json>" in page.headers["link"]


def test_machines_find_the_derived_pages(client: TestClient):
    assert f"http://testserver/zh-Hant{ENTRY}" in client.get("/sitemap.xml").text
    assert "Disallow: /zh-Hant/search" in client.get("/robots.txt").text
    feed = ET.fromstring(client.get("/zh-Hant/feed.atom").content)
    assert "雜湊" in "".join(feed.itertext())
    assert "/zh-Hant/search?q=" in client.get("/zh-Hant/opensearch.xml").text


def test_a_paste_is_answered_in_traditional_chinese(client: TestClient):
    html = client.post(
        "/zh-Hant/match", data={"text": "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"}
    ).text
    assert 'lang="zh-Hant"' in html
    assert "雜湊" in html
