"""HTTP itself: validators, negotiation, compression, headers, and hostile requests."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.web.http import SECURITY_HEADERS
from app.web.negotiation import preferred_language, preferred_media_type


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/pip/hash-mismatch",
        "/zh/pip/hash-mismatch",
        "/pip/hash-mismatch.json",
        "/pip/hash-mismatch.md",
        "/api/v1/entries?ecosystem=pip",
        "/api/v1/entries/pip/hash-mismatch",
        "/api/v1/search?q=hash",
        "/sitemap.xml",
        "/feed.atom",
        "/search?q=hash",
    ],
)
def test_an_unchanged_page_is_answered_with_304(client: TestClient, path: str):
    first = client.get(path)
    etag = first.headers["etag"]
    second = client.get(path, headers={"If-None-Match": f'"other", {etag}'})
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == etag
    assert second.headers["vary"] == first.headers["vary"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_language_and_encoding_have_their_own_validators(client: TestClient):
    plain = client.get("/pip/hash-mismatch", headers={"Accept-Encoding": "identity"})
    packed = client.get("/pip/hash-mismatch", headers={"Accept-Encoding": "gzip"})
    chinese = client.get("/zh/pip/hash-mismatch", headers={"Accept-Encoding": "identity"})
    assert len({one.headers["etag"] for one in (plain, packed, chinese)}) == 3
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert "Accept-Encoding" in plain.headers["vary"]


def test_head_has_the_headers_of_get(client: TestClient):
    for _ in range(2):
        head = client.head("/pip/hash-mismatch")
        get = client.get("/pip/hash-mismatch")
        assert head.content == b""
        assert head.headers == get.headers


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("application/json;q=0.5, text/markdown", "text/markdown; charset=utf-8"),
        ("image/png", "text/html; charset=utf-8"),
    ],
)
def test_an_entry_is_negotiated(client: TestClient, accept: str, media_type: str):
    response = client.get("/pip/hash-mismatch", headers={"Accept": accept})
    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"].split(", ")


def test_negotiation_follows_the_weights():
    offered = ("text/html", "application/json")
    assert (
        preferred_media_type("application/*;q=0.2, text/html;q=0.1", offered) == "application/json"
    )
    assert preferred_media_type("text/html;q=0, */*", offered) == "application/json"
    assert preferred_media_type("garbage;;q=x,", offered) == "text/html"
    assert preferred_language("de, zh-CN;q=0.8, en;q=0.5", ("en", "zh")) == "zh"
    assert preferred_language("en;q=0, zh;q=0", ("en", "zh")) == "en"
    assert preferred_language("", ("en", "zh")) == "en"


@pytest.mark.parametrize(
    "path", ["/", "/pip/hash-mismatch", "/nowhere", "/api/v1/nowhere", "/static/nowhere"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str):
    headers = client.get(path).headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/pip/nowhere", 404),
        ("/pip/nowhere.json", 404),
        ("/pip/nowhere.png", 404),
        ("/tags/nowhere", 404),
        ("/a/b/c/d", 404),
        ("/pip?page=0", 422),
        ("/pip?page=99999999999999999999", 422),
        ("/pip?page=2", 404),
        ("/pip?page=x", 422),
        ("/pip?tag=%00", 422),
        ("/search?q=x&page=9", 404),
        ("/search?q=" + "x" * 3000, 422),
        ("/search?q=" + "x" * 60_000, 414),
        ("/" + "x" * 60_000, 414),
        ("/%00", 404),
        ("/%ff%fe", 404),
        ("/pip/%E4%B8", 404),
        ("/..%2f..%2fetc%2fpasswd", 404),
        ("/pip/..%2f..%2fpyproject.toml", 404),
        ("/api/v1/entries?limit=101", 422),
        ("/api/v1/entries?offset=-1", 422),
        ("/api/v1/entries?category=nope", 422),
        ("/api/v1/entries?lang=fr", 422),
        ("/api/v1/entries/pip/nowhere", 404),
        ("/api/v1/entries/pip/%00", 422),
        ("/api/v1/search", 422),
        ("/api/v1/schema/other.json", 422),
        ("/api/v1/nowhere", 404),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_bad_request_is_a_clear_error(client: TestClient, path: str, status: int, accept: str):
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == status, response.text
    if accept == "text/html" and not path.startswith("/api/"):
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        return
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"] == "about:blank"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_method_that_is_not_answered_says_which_are(client: TestClient, method: str):
    response = client.request(method, "/api/v1/entries")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert response.headers["content-type"] == "application/problem+json"


_targets = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=40)


@given(path=_targets, query=_targets)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_address_is_a_server_error(client: TestClient, path: str, query: str):
    from urllib.parse import quote

    for prefix in ("/", "/zh/", "/pip/", "/api/v1/", "/search?q=", "/api/v1/search?q="):
        address = prefix + quote(path) + ("&" if "?" in prefix else "?") + quote(query, safe="=&%")
        assert client.get(address).status_code < 500, address


def test_an_error_inside_is_a_problem_without_details(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("app.catalogue.queries.Catalogue.search", fail)
    response = client.get("/api/v1/search?q=x")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text


def test_a_compressed_answer_is_smaller_and_whole(client: TestClient):
    with client.stream(
        "GET", "/pip/hash-mismatch", headers={"Accept-Encoding": "gzip"}
    ) as response:
        raw = b"".join(response.iter_raw())
    assert int(response.headers["content-length"]) == len(raw)
    assert b"</html>" in gzip.decompress(raw)


def test_the_export_holds_every_entry(client: TestClient):
    lines = client.get("/api/v1/export.ndjson").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [
        "node/require-esm",
        "pip/hash-mismatch",
        "pip/read-timed-out",
    ]
