"""How fast the site is: pages beside nginx, search, building, starting, memory; in one run.

    python -m bench.site

Pages are loaded with wrk where it is installed, one server process at a time,
nginx serving the same bytes as a static file in the same run. All entries but
the bundled ones are made up, with words of their own.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from app.catalogue.build import build
from app.catalogue.queries import Catalogue
from app.config import own_folder
from app.content import markdown
from app.entry import Entry
from app.search.parse import parse

_SIZES: Final = (100, 10_000)
_BUILT: Final = 1_000
_ENTRY: Final = "pip/hash-mismatch"
_SECONDS: Final = 4
_ROUNDS: Final = 3
_QUERIES: Final = (
    "hash mismatch",
    "permission denied",
    "哈希值",
    "certifcate verify",
    "ModuleNotFoundError",
    "--require-hashes",
    "read timed out connection",
    "externally managed",
)


def main() -> None:
    """Measure and print."""
    for name, value in rows():
        print(f"{name:<58} {value}", flush=True)


def rows() -> Iterator[tuple[str, str]]:
    """What was measured, with units, in the order of a report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _building(folder)
        yield from _searching(folder)
        yield from _serving(folder)


def _building(folder: Path) -> Iterator[tuple[str, str]]:
    content, catalogue = folder / "built", folder / "built.sqlite"
    _write_entries(content, _BUILT)
    seconds = _seconds(lambda: build([content], catalogue))
    yield f"build {_BUILT:,} entries in two languages", f"{seconds:.1f} s"
    changed = next(content.glob("*/*[0-9].md"))
    changed.write_text(changed.read_text(encoding="utf-8").replace("title: ", "title: New ", 1))
    yield "build after one changed entry", f"{_seconds(lambda: build([content], catalogue)):.2f} s"
    yield "build when nothing changed", f"{_seconds(lambda: build([content], catalogue)):.2f} s"


def _searching(folder: Path) -> Iterator[tuple[str, str]]:
    medians = {}
    for size in _SIZES:
        content, path = folder / f"search-{size}", folder / f"search-{size}.sqlite"
        _write_entries(content, size, translated=False)
        build([content], path)
        catalogue = Catalogue(path)
        queries = [parse(text) for text in _QUERIES]
        for query in queries:
            catalogue.search(query, "en")
        times = sorted(
            _seconds(partial(catalogue.search, query, "en")) for _ in range(40) for query in queries
        )
        medians[size] = statistics.median(times)
        last = times[int(len(times) * 0.99)]
        yield f"search, {size:,} entries: p50", f"{medians[size] * 1000:.2f} ms"
        yield f"search, {size:,} entries: p99", f"{last * 1000:.2f} ms"
        catalogue.close()
        shutil.rmtree(content)
    growth = medians[_SIZES[1]] / medians[_SIZES[0]]
    yield f"growth of the p50, {_SIZES[0]:,} to {_SIZES[1]:,} entries", f"{growth:.2f} x"


def _serving(folder: Path) -> Iterator[tuple[str, str]]:
    content, catalogue = folder / "built", folder / "built.sqlite"
    with _uvicorn(content, catalogue) as (port, started, pid):
        address = f"http://127.0.0.1:{port}/{_ENTRY}"
        urllib.request.urlopen(address).read()
        yield "start with a built catalogue, to the first answer", f"{started:.2f} s"
        yield f"memory with {_BUILT:,} entries", f"{_memory(pid) / 1e6:.0f} MB"
        if not (shutil.which("wrk") and shutil.which("nginx")):
            yield "pages beside nginx", "not measured: wrk or nginx is not installed"
            return
        for kind, accepted in (("plain", "identity"), ("compressed, as browsers ask", "gzip")):
            yield from _beside_nginx(folder, address, kind, accepted)


def _beside_nginx(
    folder: Path, address: str, kind: str, accepted: str
) -> Iterator[tuple[str, str]]:
    request = urllib.request.Request(address, headers={"Accept-Encoding": accepted})
    page = urllib.request.urlopen(request).read()
    with _nginx(folder, page) as port:
        static = f"http://127.0.0.1:{port}/page.html"
        pairs = [
            (_requests(address, accepted), _requests(static, accepted)) for _ in range(_ROUNDS)
        ]
    ours, theirs = map(statistics.median, zip(*pairs, strict=True))
    yield f"entry page {kind}, {len(page):,} bytes: uvicorn, one worker", f"{ours:,.0f} /s"
    yield "the same bytes as a file: nginx, one worker", f"{theirs:,.0f} /s"
    ratio = statistics.median(one / other for one, other in pairs)
    yield f"uvicorn / nginx, {kind}", f"{ratio:.2f} x"


def _seconds(work: object) -> float:
    begin = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begin


def _write_entries(folder: Path, count: int, *, translated: bool = True) -> None:
    """The bundled entries, and as many more as are missing, each with words of its own."""
    shutil.copytree(own_folder("content"), folder, ignore=shutil.ignore_patterns("LICENSE"))
    sources = sorted(path for path in folder.glob("*/*.md") if path.name.count(".") == 1)
    chance = random.Random(4)
    for number in range(count - len(sources)):
        path = sources[number % len(sources)]
        entry_id = f"made-up-{number % 40}/entry-{number}"
        entry, _ = markdown.read_entry(path.read_text(encoding="utf-8"), entry_id, path.name)
        target = folder / f"{entry_id}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(_made_up(entry, number, chance), encoding="utf-8")
        chinese = path.with_name(f"{path.stem}.zh.md")
        if translated and chinese.exists() and not number % 12:
            shutil.copy(chinese, target.with_name(f"entry-{number}.zh.md"))


def _made_up(entry: Entry, number: int, chance: random.Random) -> str:
    words = " ".join(
        "".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(4, 9))) for _ in range(12)
    )
    changes = {
        "title": f"{entry.title} {number}",
        "signatures": ({"text": f"made-up failure {number}: {words}"},),
        "related": (),
        "aliases": (),
        "summary": f"{words}. {words[::-1]}.",
    }
    if number % 12:
        # Most entries are short, and do not all contain the words that are searched for.
        item = {"id": "only", "title": words, "explanation": words}
        changes |= dict.fromkeys(("diagnose", "local", "how_it_works", "prevention"))
        changes |= {
            "examples": (),
            "causes": (item,),
            "meaning": words,
            "title": f"{words} {number}",
        }
        changes |= {"message": f"made-up failure {number}: {words}", "workarounds": (item,)}
        changes |= {"dead_ends": ({**item, "id": "not", "title": words[::-1]},)}
    document = entry.model_dump(mode="json", by_alias=True) | changes
    return markdown.write_entry(Entry.model_validate(document))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _uvicorn(content: Path, catalogue: Path) -> Iterator[tuple[int, float, int]]:
    port = _free_port()
    begin = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
        env={**os.environ, "WAYOUT_CONTENT": str(content), "WAYOUT_CATALOGUE": str(catalogue)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port, time.perf_counter() - begin, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


@contextmanager
def _nginx(folder: Path, page: bytes) -> Iterator[int]:
    port = _free_port()
    (folder / "page.html").write_bytes(page)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;"
        "error_log /dev/null; events { worker_connections 512; }"
        "http { access_log off; keepalive_requests 1000000; sendfile on;"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    server = subprocess.Popen(["nginx", "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(3000):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise TimeoutError


def _requests(address: str, accepted: str) -> float:
    """Requests a second, as wrk counts them."""
    command = [
        "wrk",
        "-t1",
        "-c16",
        f"-d{_SECONDS}s",
        "-H",
        f"Accept-Encoding: {accepted}",
        address,
    ]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", report)
    assert found, report
    return float(found[1])


def _memory(pid: int) -> int:
    """Resident bytes of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found, status
    return int(found[1]) * 1024


if __name__ == "__main__":
    main()
