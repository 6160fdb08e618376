"""Pasting: by form, by API and at the command line; what is found, and what cannot be read."""

import asyncio
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.config import own_folder, read_settings
from app.web.app import create_app

MESSAGE = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
BLOG = Path(__file__).parent.parent / "matching" / "blog-post.md"


def limit_to(client: TestClient, size: int) -> None:
    site = client.app._app.state.site  # type: ignore[attr-defined]
    site.settings = site.settings.model_copy(update={"max_paste_bytes": size})


def matches(client: TestClient, text: str) -> list[str]:
    answer = client.post("/api/v1/match", json={"text": text})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["matches"]]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client on a site of the bundled entries."""
    from app.catalogue.build import build

    path = tmp_path_factory.mktemp("bundled") / "catalogue.sqlite"
    build([own_folder("content")], path)
    site = create_app(read_settings(content=(own_folder("content"),), catalogue=path))
    return TestClient(site, raise_server_exceptions=False, headers={"Accept": "text/html"})


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps({"text": MESSAGE}).encode()),
        ("text/plain", MESSAGE.encode()),
        ("text/plain; charset=utf-16", MESSAGE.encode("utf-16")),
        ("application/octet-stream", b"\x1b[31m" + MESSAGE.encode() + b"\x1b[0m\r\n"),
    ],
)
def test_a_message_finds_its_entry_however_it_is_sent(
    client: TestClient, content_type: str, body: bytes
):
    answer = client.post("/api/v1/match", content=body, headers={"Content-Type": content_type})
    (found,) = answer.json()["matches"]
    assert (found["id"], found["role"]) == ("pip/hash-mismatch", "cause")
    assert found["evidence"][0]["line"] == 1
    assert found["url"] == "http://testserver/pip/hash-mismatch"
    assert found["confidence"] > 0.5


def test_the_wrapped_log_tells_its_cause_and_fills_the_commands_in(bundled: TestClient):
    answer = bundled.post("/api/v1/match", json={"text": BLOG.read_text()}).json()
    first = answer["matches"][0]
    assert (first["id"], first["cause"]["id"]) == ("pip/hash-mismatch", "index-hash")
    assert (
        first["captures"]["expected"]
        == "321761d55fb7cb256b771ee4ed78e69486a7336be9143b90c52be59d7657f50f"
    )
    assert (
        first["captures"]["received"]
        == "a14d0fdef1a2bbc476c328084e07af58696f9cce1c354a9e2956e4469ca5afa3"
    )
    commands = [
        command["text"] for remedy in first["workarounds"] for command in remedy["commands"]
    ]
    assert any("cryptography==3.1" in command for command in commands)
    chinese = bundled.post("/api/v1/match?lang=zh", json={"text": BLOG.read_text()}).json()
    assert chinese["matches"][0]["language"] == "zh"
    assert (
        chinese["matches"][0]["workarounds"][0]["commands"] == first["workarounds"][0]["commands"]
    )


def test_nothing_known_is_said_and_guesses_stand_apart(client: TestClient):
    answer = client.post("/api/v1/match", json={"text": "all went well\nreally\n"}).json()
    assert answer["matches"] == []
    answer = client.post("/api/v1/match", json={"text": "fatal: the digest differs\n"}).json()
    assert answer["matches"] == []
    assert answer["error_line"] == {"line": 1, "text": "fatal: the digest differs"}
    assert answer["guesses"][0]["id"] == "pip/hash-mismatch"


@pytest.mark.parametrize(
    ("body", "headers", "status", "detail"),
    [
        (b"{}", {"Content-Type": "application/json"}, 422, "The body has no `text`"),
        (b"[1]", {"Content-Type": "application/json"}, 422, "The body has no `text`"),
        (b'{"text": 1}', {"Content-Type": "application/json"}, 422, "The body has no `text`"),
        (b"{", {"Content-Type": "application/json"}, 422, "The body is not JSON"),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 422, "The body is not JSON"),
        (b"\xff", {"Content-Type": "application/json"}, 422, "The body is not JSON"),
        (b"x", {"Content-Type": "image/png"}, 415, "image/png cannot be read"),
        (b"x", {"Content-Encoding": "gzip"}, 415, "A compressed body cannot be read"),
        (
            b"\x7fELF\x02\x01\x01" + bytes(500),
            {"Content-Type": "text/plain"},
            415,
            "this is not text",
        ),
        (
            b"x" * 2_000_000,
            {"Content-Type": "text/plain"},
            413,
            "The text is longer than 1,000,000 bytes",
        ),
    ],
    ids=["no text", "list", "number", "half", "deep", "bytes", "image", "gzip", "binary", "long"],
)
def test_what_cannot_be_read_is_a_clear_error(
    client: TestClient, body: bytes, headers: dict[str, str], status: int, detail: str
):
    limit_to(client, 1_000_000)
    answer = client.post("/api/v1/match", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\ud800 half a pair",
        "\u202e right to left",
        "\0\0",
        "\n" * 100_000,
        MESSAGE[:40] * 2_000,
    ],
    ids=["empty", "blank", "surrogate", "marks", "nul", "lines", "halves"],
)
def test_odd_text_is_answered(client: TestClient, text: str):
    body = json.dumps({"text": text}).encode()
    answer = client.post(
        "/api/v1/match", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 415)


def test_a_stream_that_is_too_long_is_refused(client: TestClient):
    limit_to(client, 100_000)
    body = (b"x" * 10_000 for _ in range(1000))
    answer = client.post("/api/v1/match", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 413


def test_the_form_shows_the_entry_with_the_evidence_marked(client: TestClient):
    page = client.post("/match", data={"text": f"first line\n{MESSAGE}\nlast line"})
    assert page.status_code == 200
    assert "<mark>THESE PACKAGES DO NOT MATCH" in page.text
    assert "Regenerate the hashes" in page.text
    assert page.headers["cache-control"] == "no-store"
    chinese = client.post("/zh/match", data={"text": MESSAGE}).text
    assert 'lang="zh-Hans"' in chinese
    assert "重新生成哈希值" in chinese


def test_a_file_is_read_like_a_paste(client: TestClient):
    file = ("build.log", io.BytesIO(MESSAGE.encode("utf-16")), "text/plain")
    page = client.post("/match", data={"text": ""}, files={"file": file})
    assert "Regenerate the hashes" in page.text


def test_words_are_searched_for_and_a_message_in_the_search_is_matched(client: TestClient):
    answer = client.post("/match", data={"text": "hash digest"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=hash+digest")
    page = client.get("/search", params={"q": MESSAGE})
    assert "/pip/hash-mismatch" in page.text


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_box_is_explained(client: TestClient, text: str):
    page = client.post("/match", data={"text": text})
    assert page.status_code == 422
    assert "<textarea" in page.text


def test_nothing_known_keeps_the_text_and_masks_secrets(client: TestClient):
    secret = "ghp_" + "a1B2" * 9
    page = client.post(
        "/match", data={"text": f"fatal: zzzz failed\ntoken={secret}\n" + "x\n" * 50}
    )
    assert page.status_code == 200
    assert "fatal: zzzz failed" in page.text
    assert secret not in page.text


def test_hostile_text_is_escaped(client: TestClient):
    page = client.post(
        "/match", data={"text": f"<script>alert(1)</script>\n{MESSAGE}\n</textarea><script>"}
    )
    assert "<script>alert" not in page.text
    assert "</textarea><script>" not in page.text


def test_a_binary_file_is_refused_with_a_page(client: TestClient):
    file = ("a.out", io.BytesIO(b"\x7fELF\x02\x01\x01" + bytes(500)), "application/octet-stream")
    page = client.post("/match", data={"text": "kept"}, files={"file": file})
    assert page.status_code == 415
    assert "ELF" in page.text
    assert "kept" in page.text


def test_asking_for_the_form_leads_home(client: TestClient):
    answer = client.get("/match", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_long_logs_wait_for_their_turn_and_are_asked_to_come_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.web.matching.WAIT_S", 0.05)
    client.app._app.state.site.places = asyncio.Semaphore(0)  # type: ignore[attr-defined]
    answer = client.post("/api/v1/match", content=b"line\n" * 300_000)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "5"
    assert matches(client, MESSAGE) == ["pip/hash-mismatch"]


def test_nothing_pasted_is_logged_or_kept(
    client: TestClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    secret = "canary-7f3a9"
    client.post("/api/v1/match", json={"text": f"{MESSAGE} {secret}"})
    client.post("/match", data={"text": f"{MESSAGE} {secret}"})
    assert secret not in caplog.text
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_the_command_line_reads_files_and_standard_input(settings, catalogue, tmp_path: Path):
    def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        options = [
            "--content",
            str(settings.content[0]),
            "--catalogue",
            str(settings.catalogue_path),
        ]
        command = [sys.executable, "-m", "app.cli", "match", *arguments, *options]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)

    log = tmp_path / "build.log"
    log.write_text(f"one\n{MESSAGE}\n")
    found = run(str(log))
    assert found.returncode == 0
    assert "pip/hash-mismatch" in found.stdout
    assert f"2: {MESSAGE.removeprefix('ERROR: ').removesuffix('.')}" in found.stdout
    assert run("-", text=MESSAGE).returncode == 0
    data = json.loads(run("-", "--json", text=MESSAGE).stdout)
    assert data["matches"][0]["id"] == "pip/hash-mismatch"
    nothing = run("-", text="all well\n")
    assert (nothing.returncode, nothing.stderr) == (1, "")
    assert "No entry known" in nothing.stdout
    missing = run(str(tmp_path / "nowhere.log"))
    assert missing.returncode == 2
    assert "No such file or directory" in missing.stderr
    log.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(500))
    assert run(str(log)).returncode == 2
    assert run(str(tmp_path)).returncode == 2
