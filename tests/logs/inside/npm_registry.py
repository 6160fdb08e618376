"""A loopback npm registry made of a folder of tarballs, which can misbehave.

usage: npm_registry.py [--port N] [--bad-integrity PART] [--status PART=N] FOLDER

Each FOLDER/NAME-VERSION.tgz is a package; what its package.json says is what the registry says.
"""

import argparse
import base64
import hashlib
import json
import socket
import tarfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


def manifest(path: Path, base: str, bad_integrity: str) -> dict[str, object]:
    with tarfile.open(path) as archive:
        found: dict[str, object] = json.load(archive.extractfile("package/package.json"))  # type: ignore[arg-type]
    altered = b"x" if bad_integrity and bad_integrity in path.name else b""
    digest = hashlib.sha512(path.read_bytes() + altered).digest()
    found["dist"] = {
        "tarball": f"{base}/-/{path.name}",
        "integrity": "sha512-" + base64.b64encode(digest).decode(),
        "shasum": hashlib.sha1(path.read_bytes()).hexdigest(),
    }
    return found


class Registry(BaseHTTPRequestHandler):
    options: argparse.Namespace

    def log_message(self, *arguments: object) -> None:
        """Say nothing: only the tool under test may write to the log."""

    def do_GET(self) -> None:
        name = unquote(self.path).strip("/")
        for part, _, status in (text.partition("=") for text in self.options.status):
            if part in name:
                self.answer(int(status), {"error": "as asked"})
                return
        if name.startswith("-/") and name.endswith(".tgz"):
            self.answer(200, (self.options.folder / name[2:]).read_bytes())
            return
        found = [manifest(path, f"http://localhost:{self.options.port}", self.options.bad_integrity)
                 for path in sorted(self.options.folder.glob("*.tgz"))]  # fmt: skip
        versions = {str(one["version"]): one for one in found if one["name"] == name}
        if not versions:
            self.answer(404, {"error": "Not found"})
            return
        self.answer(
            200, {"name": name, "versions": versions, "dist-tags": {"latest": list(versions)[-1]}}
        )

    def do_POST(self) -> None:
        self.answer(404, {"error": "Not found"})

    def do_PUT(self) -> None:
        self.answer(
            401 if "Authorization" not in self.headers else 403, {"error": "You may not publish"}
        )

    def answer(self, status: int, body: object) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header(
            "Content-Type",
            "application/octet-stream" if isinstance(body, bytes) else "application/json",
        )
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and on ::1, as some tools try only one of them."""

    address_family = socket.AF_INET6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=4873)
    parser.add_argument("--bad-integrity", default="")
    parser.add_argument("--status", action="append", default=[])
    Registry.options = parser.parse_args()
    Server(("::", Registry.options.port), Registry).serve_forever()


if __name__ == "__main__":
    main()
