#!/usr/bin/python3
"""A registry of images with the files of ~/rootfs, by version 2 of the distribution API.

usage: registry.py PORT

`debian` and `shop/web` are public, `private/app` is for user ada with the password
secret, `shop/pi` is for arm64 only. While the file ~/limit-PORT exists, everyone else
has reached the pull rate limit. Source: https://distribution.github.io/distribution/spec/api/
"""

import base64
import hashlib
import http.server
import io
import json
import sys
import tarfile
from pathlib import Path

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
LOGIN = "Basic " + base64.b64encode(b"ada:secret").decode()
LIMIT = (
    "You have reached your pull rate limit. You may increase the limit by authenticating and "
    "upgrading: https://www.docker.com/increase-rate-limit"
)
PORT = int(sys.argv[1])

blobs: dict[str, bytes] = {}


def put(data: bytes) -> str:
    """Keep a blob; its digest."""
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    blobs[digest] = data
    return digest


def layer_of(folder: Path) -> str:
    """The files of a folder as a layer, always the same bytes."""

    def steady(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = member.mtime = 0
        return member

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(folder, ".", filter=steady)
    return put(buffer.getvalue())


def image(layer: str, architecture: str) -> bytes:
    """The manifest of an image of one layer."""
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {"Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": [layer]},
    }

    def part(kind: str, digest: str) -> dict[str, object]:
        media_type = f"application/vnd.docker.{kind}"
        return {"mediaType": media_type, "size": len(blobs[digest]), "digest": digest}

    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": part("container.image.v1+json", put(json.dumps(config).encode())),
        "layers": [part("image.rootfs.diff.tar", layer)],
    }
    return json.dumps(manifest).encode()


def listed(manifest: bytes, architecture: str) -> bytes:
    """A list of one image, which names its platform."""
    entry = {
        "mediaType": MANIFEST,
        "size": len(manifest),
        "digest": put(manifest),
        "platform": {"os": "linux", "architecture": architecture},
    }
    return json.dumps({"schemaVersion": 2, "mediaType": LIST, "manifests": [entry]}).encode()


def tags() -> dict[str, bytes]:
    """The manifest of each tag."""
    layer = layer_of(Path.home() / "rootfs")
    here = image(layer, "amd64")
    public = ("library/debian:12", "library/debian:latest", "shop/web:1.4", "shop/web:latest")
    found = dict.fromkeys((*public, "private/app:latest"), here)
    found["shop/pi:1.0"] = listed(image(layer, "arm64"), "arm64")
    for manifest in found.values():
        put(manifest)
    return found


class Registry(http.server.BaseHTTPRequestHandler):
    """Answers of the API; a token is the name of who asked for it."""

    tags: dict[str, bytes]

    def do_GET(self) -> None:
        """Send what the path names."""
        if self.path.startswith("/token"):
            return self.token()
        given = self.headers.get("Authorization")
        known = given == "Bearer ada"
        if self.path == "/v2/":
            return (
                self.answer(200)
                if given
                else self.refuse(401, "UNAUTHORIZED", "authentication required")
            )
        name, what, reference = self.path.removeprefix("/v2/").rsplit("/", 2)
        hidden = name.startswith("private/") and not known
        if hidden or not any(tag.startswith(f"{name}:") for tag in self.tags):
            return self.refuse(401, "DENIED", "requested access to the resource is denied")
        if reference in blobs:
            return self.send(blobs[reference], manifest=what == "manifests")
        if Path.home().joinpath(f"limit-{PORT}").exists() and not known:
            return self.refuse(429, "TOOMANYREQUESTS", LIMIT)
        if f"{name}:{reference}" not in self.tags:
            return self.refuse(404, "MANIFEST_UNKNOWN", "manifest unknown")
        return self.send(self.tags[f"{name}:{reference}"], manifest=True)

    do_HEAD = do_GET  # noqa: N815 - so http.server calls it

    def token(self) -> None:
        """A token for ada, or for anybody who gives no password."""
        given = self.headers.get("Authorization")
        if given not in (None, LOGIN):
            return self.refuse(401, "UNAUTHORIZED", "incorrect username or password")
        return self.answer(200, json.dumps({"token": "ada" if given else "nobody"}).encode())

    def send(self, data: bytes, *, manifest: bool) -> None:
        """A manifest with its own type and digest, or a blob."""
        kind = json.loads(data)["mediaType"] if manifest else "application/octet-stream"
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.answer(200, data, {"Content-Type": kind, "Docker-Content-Digest": digest})

    def refuse(self, status: int, code: str, message: str) -> None:
        """An error as the API writes it."""
        error = {"code": code, "message": message, "detail": "shop"}
        challenge = f'Bearer realm="http://mirror.example:{PORT}/token",service="shop"'
        self.answer(
            status, json.dumps({"errors": [error]}).encode(), {"WWW-Authenticate": challenge}
        )

    def answer(self, status: int, data: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Headers, and the data unless only those were asked for."""
        self.send_response(status)
        fixed = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        for name, value in (fixed | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Registry.tags = tags()
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Registry).serve_forever()
