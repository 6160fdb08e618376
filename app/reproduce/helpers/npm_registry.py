"""An npm registry on loopback, made of a folder of tarballs, that can misbehave on request.

usage: npm_registry.py [--port N] [--tls CERT KEY] [--while FILE] [--login TOKEN] [--max-age S]
                       [FAULT]... FOLDER

Each FOLDER/NAME-VERSION.tgz is a package: what its package.json says is what the registry says,
the highest version is `latest`. Faults name a part of a file's or a package's name; `--while`
limits them to the time for which a file exists. With `--login`, only requests with the token see
packages that have a scope, and others are told that they do not exist, as registries do.
`--max-age` lets clients keep what they were told for so many seconds.
  --alter PART      send the tarball with one byte changed, as a broken proxy or mirror does
  --lie PART        publish a hash that does not fit the tarball
  --status PART=N   answer with that HTTP status
"""

import argparse
import base64
import hashlib
import json
import re
import socket
import ssl
import tarfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

PUBLISHED = "2026-01-01T00:00:00.000Z"  # every version, so that no run differs from another


def manifest(path: Path) -> dict[str, object]:
    """The package.json of a tarball."""
    with tarfile.open(path) as archive:
        found: dict[str, object] = json.load(archive.extractfile("package/package.json"))  # type: ignore[arg-type]
    return found


def order(version: str) -> tuple[int, ...]:
    """By number; what comes after a hyphen is left out, as nobody here needs it."""
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("-")[0]))


class Registry(BaseHTTPRequestHandler):
    """Answers from the folder; `options` holds what the command line asked for."""

    options: argparse.Namespace

    def log_message(self, *arguments: object) -> None:
        """Say nothing: only the tool under test may write to the log."""

    def faulty(self, what: str, name: str) -> bool:
        """Whether a fault is asked for this name now."""
        lasting = self.options.lasting
        parts: list[str] = getattr(self.options, what)
        return (lasting is None or lasting.exists()) and any(part in name for part in parts)

    def do_GET(self) -> None:
        """A package's versions, or a tarball."""
        name = unquote(self.path).strip("/")
        for part, _, status in (text.partition("=") for text in self.options.status):
            lasting = self.options.lasting
            if part in name and (lasting is None or lasting.exists()):
                self.answer(int(status), {"error": "as asked"})
                return
        path = self.options.folder / name.removeprefix("-/")
        if name.startswith("-/") and name.endswith(".tgz") and path.is_file():
            content = path.read_bytes()
            if self.faulty("alter", name):
                content = content[:-1] + bytes([content[-1] ^ 1])
            self.answer(200, content)
            return
        hidden = name.startswith("@") and self.options.login
        if hidden and self.headers.get("Authorization") != f"Bearer {self.options.login}":
            self.answer(404, {"error": "Not found"})
            return
        versions = {}
        for path in sorted(self.options.folder.glob("*.tgz")):
            found = manifest(path)
            if found["name"] == name:
                found["dist"] = self.distribution(path)
                versions[str(found["version"])] = found
        if not versions:
            self.answer(404, {"error": "Not found"})
            return
        latest = max(versions, key=order)
        about = {"name": name, "versions": versions, "dist-tags": {"latest": latest}}
        self.answer(200, {**about, "time": dict.fromkeys(versions, PUBLISHED)})

    def distribution(self, path: Path) -> dict[str, str]:
        """Where a tarball is, and its hash."""
        content = path.read_bytes() + (b"x" if self.faulty("lie", path.name) else b"")
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        scheme = "https" if self.options.tls else "http"
        address = self.headers.get("Host", f"localhost:{self.options.port}")
        return {"tarball": f"{scheme}://{address}/-/{path.name}", "integrity": f"sha512-{digest}"}

    def answer(self, status: int, body: object) -> None:
        """Send bytes as they are and anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "octet-stream" if isinstance(body, bytes) else "json"
        self.send_response(status)
        self.send_header("Content-Type", f"application/{kind}")
        self.send_header("Content-Length", str(len(content)))
        if self.options.max_age:
            self.send_header("Cache-Control", f"public, max-age={self.options.max_age}")
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and on ::1, as some tools try only one of them."""

    address_family = socket.AF_INET6


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=4873)
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--while", dest="lasting", type=Path)
    parser.add_argument("--login", default="")
    parser.add_argument("--max-age", type=int, default=0)
    for fault in ("alter", "lie", "status"):
        parser.add_argument(f"--{fault}", action="append", default=[])
    Registry.options = parser.parse_args()
    server = Server(("::", Registry.options.port), Registry)
    if Registry.options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*Registry.options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
