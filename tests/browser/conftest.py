"""One server with every kind of page, and one Chromium, for the whole run."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from app.catalogue.build import build
from app.config import Settings
from app.web.app import create_app

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium"))


def serve(folder: Path, catalogue: Path) -> Iterator[str]:
    """The address of a site with the entries of a folder, until the generator is closed."""
    build([folder], catalogue)
    reports = f"sqlite:///{catalogue.with_name('outcomes.sqlite')}"
    app = create_app(Settings(content=(folder,), catalogue=catalogue, database_url=reports))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site whose entries use every part of the format."""
    here, folder = Path(__file__).parent, tmp_path_factory.mktemp("browser")
    shutil.copytree(here / "content", folder / "content")
    # No run has all the marks that a page can show, so this one was made up for the tests.
    shutil.copy(here / "every-mark.json", folder / "content/pip/hash-mismatch.evidence.json")
    yield from serve(folder / "content", folder / "catalogue.sqlite")


@pytest.fixture(scope="session")
def chromium() -> Iterator["playwright.Browser"]:
    """Debian's Chromium."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(
    chromium: "playwright.Browser", origin: str
) -> Iterator[Callable[..., "playwright.Page"]]:
    """Opens pages in contexts of their own, and fails if any complained or asked another origin."""
    contexts: list[playwright.BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", **options: object) -> "playwright.Page":
        context = chromium.new_context(base_url=origin, **options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and complaints.append(said.text),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: _is_foreign(request.url, origin) and complaints.append(request.url),
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    expected = "Failed to load resource: the server responded with a status of 4"
    assert [one for one in complaints if not one.startswith(expected)] == []


def _is_foreign(url: str, origin: str) -> bool:
    return not url.startswith((origin, "data:", "blob:"))
