"""The API: the same knowledge as data."""

from xml.etree import ElementTree as ET

import jsonschema
import pytest
from starlette.testclient import TestClient

from app.content import json as json_documents
from app.content import markdown
from tests.samples import make_entry


def test_entries_are_listed_with_links_to_the_next_page(client: TestClient):
    first = client.get("/api/v1/entries?limit=2")
    body = first.json()
    assert [item["id"] for item in body["items"]] == ["node/require-esm", "pip/hash-mismatch"]
    assert (body["total"], body["previous"]) == (3, None)
    assert first.headers["link"] == '</api/v1/entries?limit=2&offset=2>; rel="next"'
    second = client.get(body["next"]).json()
    assert [item["id"] for item in second["items"]] == ["pip/read-timed-out"]
    assert second["next"] is None
    assert client.get(second["previous"]).json()["items"] == body["items"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ecosystem=pip", ["pip/hash-mismatch", "pip/read-timed-out"]),
        ("ecosystem=pip&category=network", ["pip/read-timed-out"]),
        ("tag=modules", ["node/require-esm"]),
        ("code=ERR_REQUIRE_ESM", ["node/require-esm"]),
        ("symptom=true", []),
        ("status=draft&severity=error&ecosystem=node", ["node/require-esm"]),
    ],
)
def test_filters_combine(client: TestClient, query: str, ids: list[str]):
    assert [item["id"] for item in client.get(f"/api/v1/entries?{query}").json()["items"]] == ids


def test_an_entry_has_its_parts_rates_and_commands(client: TestClient):
    entry = client.get("/api/v1/entries/pip/hash-mismatch").json()
    assert entry["url"] == "http://testserver/pip/hash-mismatch"
    assert [cause["id"] for cause in entry["causes"]] == ["stale-hash", "index-hash"]
    first = entry["workarounds"][0]
    assert first["commands"] == [{"language": "sh", "text": "pip-compile --generate-hashes <file>"}]
    assert first["rate"]["estimate"] == 0.9
    assert first["rate"]["trials"] == 0
    assert first["rate"]["low"] < first["rate"]["mean"] < first["rate"]["high"]
    assert entry["workarounds"][1]["risk"] == "weakens-security"
    assert entry["sections"]["summary"] == {
        "text": make_entry().summary,
        "language": "en",
        "stale": False,
    }


def test_the_language_is_asked_for_or_negotiated(client: TestClient):
    path = "/api/v1/entries/pip/hash-mismatch"
    by_parameter = client.get(path + "?lang=zh")
    by_header = client.get(path, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert by_parameter.json() == by_header.json()
    assert by_header.headers["content-language"] == "zh-Hans"
    assert "Accept-Language" in by_header.headers["vary"]
    entry = by_header.json()
    assert entry["title"] == "软件包的哈希值与预期不符"
    assert entry["sections"]["summary"]["language"] == "zh"
    assert entry["sections"]["meaning"] == {
        "text": "The file is *not* installed.",
        "language": "en",
        "stale": False,
    }
    assert (
        client.get(path + "?lang=en", headers={"Accept-Language": "zh"}).json()["language"] == "en"
    )


@pytest.mark.parametrize(
    ("query", "lang"), [("hash+mismatch", "en"), ("哈希", "zh"), ("哈希", "en")]
)
def test_search_gives_the_entry(client: TestClient, query: str, lang: str):
    body = client.get(f"/api/v1/search?q={query}&lang={lang}").json()
    assert body["items"][0]["id"] == "pip/hash-mismatch"
    assert body["items"][0]["language"] == lang


def test_the_saved_documents_load_to_the_same_entry(client: TestClient):
    document = client.get("/pip/hash-mismatch.json").text
    entry = json_documents.read_entry(document, "pip/hash-mismatch", "x.json")[0]
    assert entry.model_copy(update={"translations": {}}) == make_entry()
    assert "zh" in entry.translations
    text = client.get("/pip/hash-mismatch.md").text
    assert markdown.read_entry(text, "pip/hash-mismatch", "x.md")[0] == make_entry()
    chinese = markdown.read_entry(client.get("/zh/pip/hash-mismatch.md").text, "pip/x", "x.md")[0]
    assert chinese.title == "软件包的哈希值与预期不符"


def test_documents_satisfy_the_published_schema(client: TestClient):
    schema = client.get("/api/v1/schema/entry.json").json()
    assert schema["$id"] == "http://testserver/api/v1/schema/entry.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for entry_id in ("pip/hash-mismatch", "node/require-esm"):
        validator.validate(client.get(f"/{entry_id}.json").json())
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"titel": 1})


def test_openapi_describes_every_route_with_its_errors(client: TestClient):
    document = client.get("/openapi.json").json()
    assert {"/api/v1/entries", "/api/v1/entries/{ecosystem}/{slug}", "/api/v1/search"} <= set(
        document["paths"]
    )
    for path, methods in document["paths"].items():
        for operation in methods.values():
            problem = operation["responses"]["422"]["content"]
            assert list(problem) == ["application/problem+json"], path
            assert operation["summary"]


def test_the_sitemap_has_every_page_in_every_language(client: TestClient):
    root = ET.fromstring(client.get("/sitemap.xml").content)
    addresses = {
        element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    }
    for path in ("/", "/pip", "/pip/hash-mismatch", "/tags/hash", "/categories/network"):
        assert f"http://testserver{path}" in addresses
        assert f"http://testserver/zh{path}" in addresses


def test_the_feed_is_atom_in_both_languages(client: TestClient):
    for path, title in (
        ("/feed.atom", make_entry().title),
        ("/zh/feed.atom", "软件包的哈希值与预期不符"),
    ):
        root = ET.fromstring(client.get(path).content)
        atom = "{http://www.w3.org/2005/Atom}"
        assert title in [element.text for element in root.iter(f"{atom}title")]
        assert all(entry.find(f"{atom}updated") is not None for entry in root.iter(f"{atom}entry"))


def test_machines_find_their_doors(client: TestClient):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text
    assert "/openapi.json" in client.get("/llms.txt").text
    assert "{searchTerms}" in client.get("/opensearch.xml").text
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["entries"] == 3
