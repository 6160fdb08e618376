"""A package index on loopback (HTML and PEP 691 JSON) that can misbehave on request.

usage: index.py [--port N] [--json] [--no-hashes] [--max-age S] [--tls CERT KEY] [--delay S]
                [--while FILE] [--tampered FOLDER] [FAULT]... FOLDER...

Files of the folders are offered by the name of their project, `yanked.txt` in a
folder names the yanked ones, one file name and reason a line. Faults name a
part of a file's or a project's name; `--while` limits them to the time for
which a file exists, so that the source can be repaired. Files that also lie in
the folder of `--tampered` are served from there, under the published hash of
the genuine ones.
  --alter PART      serve the file with one byte changed, as a broken proxy or mirror does
  --shorten PART    serve half of the file and say it is whole (a cache that kept a cut download)
  --cut PART=BYTES  promise the whole file, close the connection after so many bytes
  --unsized PART    serve half of the file without saying how long it is, and close
  --empty PART      serve an empty file
  --stall PART      send half of the file, then nothing
  --lie PART        publish a hash that does not fit the file
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
from email.parser import Parser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

STALL_S = 600  # longer than any client under test waits
FAULTS = ("alter", "shorten", "cut", "unsized", "empty", "stall", "lie", "status", "html")
PORTAL = b"<html><body><h1>Please log in to the network</h1></body></html>"


def normalised(name: str) -> str:
    """A project's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project_of(filename: str) -> str:
    """The project that a wheel or source archive belongs to."""
    if filename.endswith(".whl"):
        return normalised(filename.partition("-")[0])
    return normalised(filename.rpartition("-")[0])


def requires_python(path: Path) -> str:
    """The Requires-Python of a wheel; source archives made here never state one apart."""
    if path.suffix != ".whl":
        return ""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode(errors="replace"))
    return metadata.get("Requires-Python", "")


class Index(BaseHTTPRequestHandler):
    """One request; `options` is set on the class by main()."""

    protocol_version = "HTTP/1.1"
    options: argparse.Namespace

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: only the tool under test may write to the log."""

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer with a fault, the page of a project, or a file."""
        name = self.path.split("#")[0].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        if status := self.fault("status", name):
            self.answer(int(status), "text/plain", b"")
        elif self.fault("html", name):
            self.answer(200, "text/html", PORTAL)
        elif self.path.startswith("/simple/"):
            self.list_project(normalised(name))
        else:
            self.send_file(name)

    def fault(self, kind: str, name: str) -> str:
        """The value of a fault that concerns this name, or an empty string."""
        if self.options.lasting and not self.options.lasting.exists():
            return ""
        for part, _, value in (text.partition("=") for text in getattr(self.options, kind)):
            if part in name:
                return value or "yes"
        return ""

    def paths(self) -> list[Path]:
        """The files on offer, by name."""
        found = [path for folder in self.options.folders for path in folder.glob("*-*")]
        return sorted(path for path in found if path.is_file())

    def list_project(self, project: str) -> None:
        """Send the page of a project, in HTML or JSON; 404 when no file is of it."""
        paths = [path for path in self.paths() if project_of(path.name) == project]
        if not paths:
            self.answer(404, "text/plain", b"not found")
        elif self.options.json:
            files = [self.described(path) for path in paths]
            page = {"meta": {"api-version": "1.0"}, "name": project, "files": files}
            kind = "application/vnd.pypi.simple.v1+json"
            self.answer(200, kind, json.dumps(page).encode())
        else:
            links = "".join(self.link(path) for path in paths)
            page_text = f"<!DOCTYPE html><html><body>{links}</body></html>"
            self.answer(200, "text/html", page_text.encode())

    def digest(self, path: Path) -> str:
        """The hash to publish for a file; empty when none is published."""
        if self.options.no_hashes:
            return ""
        lie = b"not this" if self.fault("lie", path.name) else b""
        return hashlib.sha256(path.read_bytes() + lie).hexdigest()

    @staticmethod
    def yanked(path: Path) -> str:
        """Why a file was yanked; empty when it was not."""
        notes = path.with_name("yanked.txt")
        for line in notes.read_text().splitlines() if notes.exists() else []:
            name, _, reason = line.partition(" ")
            if name == path.name:
                return reason or "withdrawn"
        return ""

    def described(self, path: Path) -> dict[str, object]:
        """A file as the JSON page describes it."""
        found: dict[str, object] = {"filename": path.name, "url": f"/packages/{path.name}"}
        found["hashes"] = {"sha256": digest} if (digest := self.digest(path)) else {}
        if needs := requires_python(path):
            found["requires-python"] = needs
        if reason := self.yanked(path):
            found["yanked"] = reason
        return found

    def link(self, path: Path) -> str:
        """A file as the HTML page describes it."""
        fragment = f"#sha256={digest}" if (digest := self.digest(path)) else ""
        needs = requires_python(path).replace(">", "&gt;").replace("<", "&lt;")
        attributes = f' data-requires-python="{needs}"' if needs else ""
        if reason := self.yanked(path):
            attributes += f' data-yanked="{reason}"'
        return f'<a href="/packages/{path.name}{fragment}"{attributes}>{path.name}</a><br/>\n'

    def send_file(self, name: str) -> None:
        """Send a file, as it is or as a fault has it."""
        path = next((path for path in self.paths() if path.name == name), None)
        if path is None:
            self.answer(404, "text/plain", b"not found")
            return
        whole = self.delivered(path).read_bytes()
        half = whole[: len(whole) // 2]
        kind = "application/octet-stream"
        if self.fault("alter", name):
            changed = bytes([whole[len(half)] ^ 1])
            self.answer(200, kind, half + changed + whole[len(half) + 1 :], keep=True)
        elif self.fault("shorten", name) or self.fault("empty", name):
            self.answer(200, kind, b"" if self.fault("empty", name) else half, keep=True)
        elif self.fault("unsized", name):
            self.answer(200, kind, half, promised=-1, keep=True)
            self.close_connection = True
        elif part := self.fault("cut", name):
            self.send_part(whole, int(part))
        elif self.fault("stall", name):
            self.answer(200, kind, half, promised=len(whole))
            self.wfile.flush()
            time.sleep(STALL_S)
        else:
            self.answer(200, kind, whole, keep=True)

    def delivered(self, path: Path) -> Path:
        """The file that is sent in place of the published one."""
        lasting = self.options.lasting
        if self.options.tampered and (lasting is None or lasting.exists()):
            other: Path = self.options.tampered / path.name
            return other if other.exists() else path
        return path

    def send_part(self, whole: bytes, size: int) -> None:
        """Send at most `size` bytes of what was asked for, and close; it can be resumed."""
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(whole) - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", '"one"')
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        self.wfile.write(whole[start : start + size])
        self.close_connection = True

    def answer(
        self,
        status: int,
        kind: str,
        body: bytes,
        promised: int | None = None,
        *,
        keep: bool = False,
    ) -> None:
        """Send a response; `promised` is the length to claim, none when negative."""
        time.sleep(self.options.delay)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        length = len(body) if promised is None else promised
        if length >= 0:
            self.send_header("Content-Length", str(length))
        if keep and self.options.max_age:
            self.send_header("Cache-Control", f"max-age={self.options.max_age}, public")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and on ::1, as some tools try only one of them."""

    address_family = socket.AF_INET6


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-hashes", action="store_true")
    parser.add_argument("--max-age", type=int, default=0)
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--tampered", type=Path)
    parser.add_argument("--while", dest="lasting", type=Path)
    for kind in FAULTS:
        parser.add_argument("--" + kind, action="append", default=[])
    Index.options = options = parser.parse_args()
    server = Server(("::", options.port), Index)
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
