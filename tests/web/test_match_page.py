"""The page for a pasted text: what of it is there to be sent again, in any language."""

import html
import re

import pytest
from starlette.testclient import TestClient

from app.web.languages import SITE_LANGUAGES

MESSAGE = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
TEXTAREA = re.compile(r'<textarea id="text"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


def _kept(page: str) -> str:
    found = TEXTAREA.search(page)
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize(
    "text", [MESSAGE, "zorg\nerror: zorgblat\n", ""], ids=["known", "unknown", "empty"]
)
def test_the_language_switch_sends_the_text_again(client: TestClient, text: str):
    page = client.post("/match", data={"text": text}).text
    assert 'action="/match"' in page
    assert 'id="paste"' in page
    assert _kept(page) == text
    for language in SITE_LANGUAGES[1:]:
        address = f"{language.prefix}/match"
        assert f'<button type="submit" form="paste" formaction="{address}"' in page
        assert f'href="{address}"' not in page
        assert f'lang="{language.tag}"' in client.post(address, data={"text": _kept(page)}).text


def test_an_uploaded_file_is_in_the_form_too(client: TestClient):
    log = f"Collecting six\n{MESSAGE}\ntoken=ghp_{'a1B2' * 9}\n".encode("utf-16")
    page = client.post("/match", files={"file": ("build.log", log)}).text
    assert MESSAGE in _kept(page)
    assert "a1B2a1B2" not in page


def test_of_a_long_log_the_part_that_decided_is_kept(client: TestClient):
    log = "ordinary line\n" * 40_000 + MESSAGE + "\n" + "and on it goes\n" * 40_000
    page = client.post("/match", files={"file": ("build.log", log.encode())}).text
    assert MESSAGE in _kept(page)
    assert len(_kept(page)) < 210_000
    assert _kept(page).startswith("ordinary line\n")
