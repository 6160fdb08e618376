"""Reporting what worked, as a browser's form and as a program do it."""

import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

ENTRY = "pip/hash-mismatch"
API = f"/api/v1/entries/{ENTRY}/remedies/regenerate/outcomes"
FORM = f"/{ENTRY}/remedies/regenerate/outcomes"


def rate_of(client: TestClient, remedy: str = "regenerate") -> dict[str, object]:
    answer = client.get(f"/api/v1/entries/{ENTRY}").json()
    remedies = (*answer["workarounds"], *answer["dead_ends"])
    return next(one["rate"] for one in remedies if one["id"] == remedy)  # type: ignore[no-any-return]


def test_a_report_moves_the_numbers_everywhere(client: TestClient):
    page = client.get(f"/{ENTRY}")
    before = rate_of(client)
    assert before["reported"] == [0, 0]
    answer = client.post(API, json={"worked": True, "tool_version": "26.3"})
    assert answer.status_code == 201
    assert answer.json()["rate"]["reported"] == [1, 1]
    after = rate_of(client)
    assert (after["reported"], after["worked"], after["trials"]) == ([1, 1], 1, 1)
    assert after["low"] > before["low"]  # type: ignore[operator]
    again = client.get(f"/{ENTRY}", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 200
    assert "worked in 1 of 1" in again.text
    assert "1 reported" in again.text


def test_the_same_again_is_200_and_another_word_changes_it(client: TestClient):
    assert client.post(API, json={"worked": True}).status_code == 201
    assert client.post(API, json={"worked": True}).status_code == 200
    answer = client.post(API, json={"worked": False})
    assert (answer.status_code, answer.json()["rate"]["reported"]) == (200, [0, 1])
    assert client.delete(API).status_code == 204
    assert client.delete(API).status_code == 204
    assert rate_of(client)["reported"] == [0, 0]


def test_programs_can_name_their_reader(client: TestClient):
    for name in ("a" * 16, "b" * 16):
        assert client.post(API, json={"worked": True, "reader": name}).status_code == 201
    assert client.delete(API, params={"reader": "b" * 16}).status_code == 204
    assert rate_of(client)["reported"] == [1, 1]


def test_the_form_works_without_script(client: TestClient):
    page = client.get(f"/{ENTRY}").text
    assert f'action="{FORM}"' in page
    assert f'action="/{ENTRY}/remedies/reinstall-pip/outcomes"' in page, "dead ends, too"
    fields = {"worked": "no", "tool_version": "26.3", "os": "", "note": ""}
    sent = client.post(FORM, data=fields, headers={"Origin": "http://testserver"})
    assert [one.status_code for one in sent.history] == [303]
    assert sent.url.path == f"/{ENTRY}"
    assert "Counted: it did not work for you." in sent.text
    assert "worked in 0 of 1" in sent.text
    withdrawn = client.post(FORM, data={"worked": "withdraw"})
    assert "No report of yours counts here now." in withdrawn.text
    assert rate_of(client)["reported"] == [0, 0]


def test_the_form_is_there_in_chinese(client: TestClient):
    assert f'action="/zh{FORM}"' in client.get(f"/zh/{ENTRY}").text
    sent = client.post(f"/zh{FORM}", data={"worked": "yes"})
    assert sent.url.path == f"/zh/{ENTRY}"
    assert "已计入：对你有效" in sent.text


def test_what_was_just_said_is_shown_to_nobody_else(client: TestClient):
    sent = client.post(FORM, data={"worked": "yes", "os": "Debian <12>"})
    assert 'value="Debian &lt;12&gt;"' in sent.text, "and can be added to"
    assert "Counted:" not in client.get(f"/{ENTRY}").text
    other = client.get(str(sent.url), headers={"User-Agent": "somebody else"})
    assert other.status_code == 200
    assert "Counted:" not in other.text
    assert "Debian" not in other.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://testserver"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({}, 201),
    ],
)
def test_pages_of_others_cannot_report(client: TestClient, headers: dict[str, str], status: int):
    answer = client.post(API, json={"worked": True}, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.post(FORM, data={"worked": "yes"}, headers=headers).status_code == 403
        assert client.delete(API, headers=headers).status_code == 403
        assert rate_of(client)["reported"] == [0, 0]


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        (API, b"{}", 422, "`worked`: Field required."),
        (API, b"{", 422, "Invalid JSON"),
        (API, b"[]", 422, "object"),
        (API, b'{"worked": "perhaps"}', 422, "`worked`"),
        (API, b'{"worked": true, "wrked": 1}', 422, "`wrked`"),
        (API, b'{"worked": true, "os": "%s"}' % (b"x" * 81), 422, "`os`"),
        (API, b'{"worked": true, "note": "%s"}' % (b"x" * 1001), 422, "`note`"),
        (API, b'{"worked": true, "note": "\\ud800"}', 422, "Invalid JSON"),
        (API, b'{"worked": true, "reader": "short"}', 422, "`reader`"),
        (API, b'{"worked": true, "note": "%s"}' % (b"x" * 20_000), 413, "shorten the note"),
        (API.replace("regenerate", "nothing"), b'{"worked": true}', 404, "no remedy `nothing`"),
        (API.replace("pip/", "pop/"), b'{"worked": true}', 404, "no entry"),
    ],
)
def test_bad_reports_are_problems(
    client: TestClient, path: str, body: bytes, status: int, detail: str
):
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]
    assert rate_of(client)["reported"] == [0, 0]


def test_bad_forms_are_pages(client: TestClient):
    for fields in ({}, {"worked": "perhaps"}, {"worked": "yes", "os": "x" * 81}):
        answer = client.post(FORM, data=fields)
        assert answer.status_code == 422
        assert answer.headers["content-type"].startswith("text/html")
    assert client.post(API, data={"worked": "yes"}).status_code == 415


def test_an_old_id_counts_for_the_new_one(client: TestClient):
    path = "/api/v1/entries/pip/timeout/remedies/{}/outcomes"
    answer = client.get("/api/v1/entries/pip/read-timed-out").json()
    remedy = answer["workarounds"][0]["id"]
    answer = client.post(path.format(remedy), json={"worked": True})
    assert answer.json()["entry"] == "pip/read-timed-out"


def test_too_many_are_asked_to_come_back(client: TestClient):
    found = [client.post(API, json={"worked": True}) for _ in range(25)]
    assert {one.status_code for one in found} == {201, 200, 429}
    assert 1 <= int(found[-1].headers["retry-after"]) <= 60
    assert found[-1].headers["content-type"] == "application/problem+json"
    assert client.post(FORM, data={"worked": "no"}).status_code == 429


def test_pages_are_served_without_the_database(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    client.post(API, json={"worked": True})
    monkeypatch.setattr("app.outcomes.database.WAIT_S", 0.1)
    (file,) = (tmp_path / "data").rglob("outcomes.sqlite")
    other = sqlite3.connect(file, isolation_level=None)
    client.app._app.state.site.live.outcomes.database.close()  # type: ignore[attr-defined]
    other.execute("BEGIN EXCLUSIVE")
    answer = client.post(API, json={"worked": False})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "Nothing was counted" in answer.json()["detail"]
    form = client.post(FORM, data={"worked": "no"})
    assert (form.status_code, "Nothing was counted" in form.text) == (503, True)
    assert rate_of(client)["reported"] == [1, 1]
    assert client.get(f"/{ENTRY}").status_code == 200
    client.app._app.state.site.live.refresh()  # type: ignore[attr-defined]
    assert "cannot be read or stored just now" in client.get("/status").text
    other.close()
    assert client.post(API, json={"worked": False}).status_code == 200
    assert rate_of(client)["reported"] == [0, 1]


def test_reports_have_no_page_of_their_own(client: TestClient):
    answer = client.get(FORM, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{ENTRY}#report-regenerate")
    assert client.get(API).status_code == 405
