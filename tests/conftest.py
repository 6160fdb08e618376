"""Fixtures: a content folder in `tmp_path`, the catalogue built from it, and a client on the site."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.catalogue.build import build
from app.catalogue.queries import Catalogue
from app.config import Settings
from app.content import markdown
from app.content.authoring import stamp_translation
from app.entry import Entry
from app.web.app import create_app
from tests.samples import CHINESE, make_entry, make_plain_entry


@pytest.fixture(autouse=True)
def _no_real_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports made by tests are not the user's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """An empty content folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


@pytest.fixture
def write(content: Path) -> Callable[..., Path]:
    """Writes an entry, or a text to a path, into the content folder."""

    def write_file(what: Entry | str, text: str | bytes = "") -> Path:
        if isinstance(what, Entry):
            what, text = f"{what.id}.md", markdown.write_entry(what)
        path = content / what
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


@pytest.fixture
def three_entries(write: Callable[..., Path], content: Path) -> None:
    """Three entries in two ecosystems, one of them in Chinese, too."""
    write(make_entry())
    write("pip/hash-mismatch.zh.md", CHINESE)
    stamp_translation("pip/hash-mismatch", "zh", frozenset(), [content])
    write(
        make_plain_entry(
            id="pip/read-timed-out",
            title="The download took too long",
            message="ReadTimeoutError: <host> Read timed out.",
            code=None,
            category="network",
            tags=("network", "proxy"),
            signatures=(
                {"text": "ReadTimeoutError: HTTPSConnectionPool(host='<host>', port=<port>)"},
            ),
            summary="The server `<host>` did not answer in time.",
            aliases=("pip/timeout",),
        )
    )
    write(
        make_plain_entry(
            id="node/require-esm",
            title="A module that is ESM only was loaded with require",
            message="Error [ERR_REQUIRE_ESM]: require() of ES Module <path> not supported.",
            code="ERR_REQUIRE_ESM",
            category="import",
            tags=("modules",),
            signatures=({"text": "Error [ERR_REQUIRE_ESM]: require() of ES Module <path>"},),
            summary="`require()` met a package that has only ES modules: ModuleNotFoundError is another.",
        )
    )


@pytest.fixture
def settings(content: Path, tmp_path: Path) -> Settings:
    """Settings for the content folder."""
    return Settings(content=(content,), catalogue=tmp_path / "catalogue.sqlite")


@pytest.fixture
def catalogue(settings: Settings, three_entries: None) -> Iterator[Catalogue]:
    """The three entries, built and opened."""
    build(settings.content, settings.catalogue_path)
    opened = Catalogue(settings.catalogue_path)
    yield opened
    opened.close()


@pytest.fixture
def client(
    settings: Settings, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A browser-like client on a site of the three entries; a 500 is an answer, not an exception."""
    monkeypatch.setattr("app.catalogue.current._LOOK_AGAIN_AFTER", 0)
    site = create_app(settings)
    with TestClient(site, raise_server_exceptions=False, headers={"Accept": "text/html"}) as opened:
        yield opened
