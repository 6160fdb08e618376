"""A loopback package index (HTML and PEP 691 JSON) that can misbehave on request.

usage: index.py [--port N] [--json] [--no-hashes] [--tls CERT KEY] [--delay S] [FAULT]... FOLDER...

Faults name a part of a file's or a project's name:
  --alter PART      serve the file with one byte changed, as a broken proxy or mirror does
  --shorten PART    serve half of the file and say it is whole (a cache that kept a cut download)
  --cut PART        promise the whole file, close the connection half-way
  --stall PART      send half of the file, then nothing
  --status PART=N   answer with that HTTP status
  --html PART       answer with a captive portal's page
"""

import argparse
import hashlib
import json
import re
import socket
import ssl
import time
import zipfile
from collections.abc import Callable
from email.parser import Parser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

STALL_S = 600  # longer than any client under test waits


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def project_of(filename: str) -> str:
    return normalised(
        filename.partition("-")[0] if filename.endswith(".whl") else filename.rsplit("-", 1)[0]
    )


def requires_python(path: Path) -> str:
    """The Requires-Python of a wheel; sdists made here never state one apart."""
    if path.suffix != ".whl":
        return ""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return (
            Parser()
            .parsestr(archive.read(name).decode(errors="replace"))
            .get("Requires-Python", "")
        )


def fault(options: argparse.Namespace, kind: str, name: str) -> str:
    """The value of a fault that concerns this name, or an empty string."""
    for part, _, value in (text.partition("=") for text in getattr(options, kind)):
        if part in name:
            return value or "yes"
    return ""


class Index(BaseHTTPRequestHandler):
    """One request; `options` and `paths` are set on the class by main()."""

    protocol_version = "HTTP/1.1"
    options: argparse.Namespace
    list_paths: Callable[[], list[Path]]

    def log_message(self, *arguments: object) -> None:
        """Say nothing: only the tool under test may write to the log."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name = self.path.split("#")[0].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if status := fault(self.options, "status", name):
            self.answer(int(status), "text/plain", b"")
        elif fault(self.options, "html", name):
            self.answer(
                200, "text/html", b"<html><body><h1>Please log in to the network</h1></body></html>"
            )
        elif self.path.startswith("/simple/"):
            self.list_project(normalised(name))
        else:
            self.send_file(name)

    def list_project(self, project: str) -> None:
        paths = [path for path in type(self).list_paths() if project_of(path.name) == project]
        if not paths:
            self.answer(404, "text/plain", b"not found")
        elif self.options.json:
            files = [self.describe(path) for path in paths]
            page = {"meta": {"api-version": "1.0"}, "name": project, "files": files}
            self.answer(200, "application/vnd.pypi.simple.v1+json", json.dumps(page).encode())
        else:
            links = "".join(self.link(path) for path in paths)
            self.answer(
                200, "text/html", f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
            )

    def describe(self, path: Path) -> dict[str, object]:
        hashes = (
            {}
            if self.options.no_hashes
            else {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        )
        described: dict[str, object] = {
            "filename": path.name,
            "url": f"/packages/{path.name}",
            "hashes": hashes,
        }
        return described | (
            {"requires-python": requires_python(path)} if requires_python(path) else {}
        )

    def link(self, path: Path) -> str:
        fragment = (
            ""
            if self.options.no_hashes
            else "#sha256=" + hashlib.sha256(path.read_bytes()).hexdigest()
        )
        needs = requires_python(path).replace(">", "&gt;").replace("<", "&lt;")
        attribute = f' data-requires-python="{needs}"' if needs else ""
        return f'<a href="/packages/{path.name}{fragment}"{attribute}>{path.name}</a><br/>\n'

    def send_file(self, name: str) -> None:
        path = next((path for path in type(self).list_paths() if path.name == name), None)
        if path is None:
            self.answer(404, "text/plain", b"not found")
            return
        content = path.read_bytes()
        half = content[: len(content) // 2]
        if fault(self.options, "alter", name):
            changed = bytes([content[len(half)] ^ 1])
            self.answer(200, "application/octet-stream", half + changed + content[len(half) + 1 :])
        elif fault(self.options, "shorten", name):
            self.answer(200, "application/octet-stream", half)
        elif fault(self.options, "cut", name) or fault(self.options, "stall", name):
            self.answer(200, "application/octet-stream", half, promised=len(content))
            self.wfile.flush()
            time.sleep(STALL_S if fault(self.options, "stall", name) else 0)
            self.close_connection = True
        else:
            self.answer(200, "application/octet-stream", content)

    def answer(self, status: int, kind: str, body: bytes, promised: int | None = None) -> None:
        time.sleep(self.options.delay)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and on ::1, as some tools try only one of them."""

    address_family = socket.AF_INET6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-hashes", action="store_true")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--delay", type=float, default=0)
    for kind in ["alter", "shorten", "cut", "stall", "status", "html"]:
        parser.add_argument("--" + kind, action="append", default=[])
    Index.options = options = parser.parse_args()
    Index.list_paths = lambda: sorted(
        path for folder in options.folders for path in folder.glob("*") if path.is_file()
    )
    server = Server(("::", options.port), Index)
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
