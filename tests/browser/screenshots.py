"""Pictures of the main pages, written to docs/screenshots: `make screenshots`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.config import own_folder
from tests.browser.conftest import CHROMIUM, FLAGS, serve

LOG = Path(__file__).parents[1] / "logs" / "red" / "pip-index-hash-terminal-pip26.3.log"
FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
PAGES = {
    "home": "/",
    "entry": "/pip/hash-mismatch",
    "list": "/pip",
    "search": "/search?q=hash+mismatch",
    "nothing": "/search?q=zzzzqqq",
    "about": "/about",
    "status": "/status",
    "reference": "/docs",
    "not-found": "/pip/hash-mismathc",
}
MAIN = ("home", "entry")
"""Taken in every look, as is the answer to a paste; the others in two."""

LOOKS = [
    ("", "light", WIDE, "en-wide"),
    ("", "dark", PHONE, "en-phone-dark"),
    ("/zh", "dark", WIDE, "zh-wide-dark"),
    ("/zh", "light", PHONE, "zh-phone"),
]


def take(browser: Browser, origin: str, folder: Path, *, whole: bool) -> Iterator[Path]:
    """Each page in each look."""
    for prefix, theme, size, look in LOOKS:
        context = browser.new_context(
            base_url=origin, viewport=size, color_scheme=theme, reduced_motion="reduce"
        )
        page = context.new_page()
        for name, path in PAGES.items():
            if name not in MAIN and look not in ("en-wide", "zh-phone") and not whole:
                continue
            page.goto(prefix + path)
            file = folder / f"{name}-{look}.png"
            page.screenshot(path=file, full_page=whole)
            yield file
        page.goto(f"{prefix}/")
        page.fill("#text", LOG.read_text())
        page.click(".paste button")
        page.wait_for_url("**/match")
        file = folder / f"match-{look}.png"
        page.screenshot(path=file, full_page=whole)
        yield file
        context.close()


def main(*arguments: str) -> None:
    """Write the pictures; `--whole` takes whole pages instead of the first screen."""
    folder = Path(arguments[-1]) if arguments and arguments[-1] != "--whole" else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as driver:
        server = serve(own_folder("content"), Path(temporary) / "catalogue.sqlite")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for file in take(browser, next(server), folder, whole="--whole" in arguments):
            print(file)
        browser.close()
        server.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
