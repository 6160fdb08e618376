"""Between the server and the application: finished pages from memory, ETags, compression, headers.

The one middleware here is the outermost, so that a page which was rendered
before is answered without entering the framework.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_TARGET_BYTES: Final = 16_384
"""Longer than any address we make; a longer text belongs into a POST."""

_MAX_BUFFER: Final = 4_000_000
"""A longer body is streamed, without ETag."""

_CACHE_BYTES: Final = 48_000_000
_COMPRESSIBLE: Final = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "application/schema+json",
    "application/atom+xml",
    "application/xml",
    "application/manifest+json",
    "application/opensearchdescription+xml",
    "image/svg",
)

SECURITY_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class _Finished:
    """A response that can be sent again: plain and compressed, with its validator."""

    status: int
    headers: Headers
    body: bytes
    etag: bytes


class Http:
    """Conditional requests, compression, security headers, and a memory of finished pages.

    `generation` names the catalogue and the reports in use; pages of older ones are forgotten.
    """

    def __init__(self, app: ASGIApp, generation: Callable[[], object]) -> None:
        self._app = app
        self._generation = generation
        self._finished: OrderedDict[tuple[object, ...], _Finished] = OrderedDict()
        self._bytes = 0
        self._known: object = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = _Wanted(scope)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET_BYTES:
            scope = {**scope, "path": "/uri-too-long", "query_string": b"", "wayout.too_long": True}
        key = wanted.key if wanted.cacheable else None
        if key:
            self._forget_old()
            if found := self._finished.get(key):
                self._finished.move_to_end(key)
                await _send_finished(found, wanted, send)
                return
        await self._app(scope, receive, _Buffer(self, key, wanted, send))

    def _forget_old(self) -> None:
        generation = self._generation()
        if generation != self._known:
            self._known = generation
            self._finished.clear()
            self._bytes = 0

    def remember(self, key: tuple[object, ...], finished: _Finished) -> None:
        """Keep a finished page, and drop those not asked for longest when there are too many."""
        self._finished[key] = finished
        self._bytes += len(finished.body)
        while self._bytes > _CACHE_BYTES:
            _, dropped = self._finished.popitem(last=False)
            self._bytes -= len(dropped.body)


class _Wanted:
    """What a request asks for, as far as finished pages are concerned."""

    __slots__ = ("cacheable", "gzip", "head", "key", "none_match")

    def __init__(self, scope: Scope) -> None:
        self.head = scope["method"] == "HEAD"
        self.gzip = False
        self.none_match = b""
        host = accept = language = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                self.gzip = b"gzip" in value
            elif name == b"if-none-match":
                self.none_match = value
            elif name == b"host":
                host = value
            elif name == b"accept":
                accept = value
            elif name == b"accept-language":
                language = value
        self.cacheable = scope["method"] in ("GET", "HEAD") and not scope["query_string"]
        if not scope["path"].startswith("/api/"):
            language = b""
        self.key = (scope["path"], self.gzip, host, scope["scheme"], accept, language)


class _Buffer:
    """Collects a response to add its validator, and lets a long one through as it comes."""

    def __init__(
        self, http: Http, key: tuple[object, ...] | None, wanted: _Wanted, send: Send
    ) -> None:
        self._http, self._key, self._wanted, self._send = http, key, wanted, send
        self._start: Message = {}
        self._chunks: list[bytes] = []
        self._size = 0
        self._streaming = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body" or self._streaming:
            await self._send(message)
            return
        self._chunks.append(message.get("body", b""))
        self._size += len(self._chunks[-1])
        more = message.get("more_body", False)
        if not more:
            await self._finish()
        elif self._size > _MAX_BUFFER:
            self._streaming = True
            headers = _with_security(self._start["headers"])
            await self._send({**self._start, "headers": headers})
            await self._send(
                {"type": "http.response.body", "body": b"".join(self._chunks), "more_body": True}
            )

    async def _finish(self) -> None:
        body = b"".join(self._chunks)
        status = self._start["status"]
        headers = _with_security(self._start["headers"])
        names = dict(headers)
        media_type = names.get(b"content-type", b"").decode("latin-1")
        compressible = media_type.startswith(_COMPRESSIBLE)
        if compressible and b"vary" not in names:
            headers.append((b"vary", b"Accept-Encoding"))
        is_validated = status == 200 and b"set-cookie" not in names
        if self._wanted.gzip and compressible and len(body) > 800:
            # No timestamp in the header, so that the same page has the same bytes.
            body = gzip.compress(body, 6, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
        etag = b""
        if is_validated:
            etag = b'"' + hashlib.sha256(body).hexdigest()[:20].encode() + b'"'
            headers.append((b"etag", etag))
            if b"cache-control" not in names:
                headers.append((b"cache-control", b"no-cache"))
        length = b"content-length"
        headers = [pair for pair in headers if pair[0] != length]
        if status not in (204, 304):
            headers.append((length, str(len(body)).encode()))
        finished = _Finished(status, headers, body, etag)
        if self._key and is_validated and not self._wanted.head:
            self._http.remember(self._key, finished)
        await _send_finished(finished, self._wanted, self._send)


def _with_security(headers: Headers) -> Headers:
    given = {name.lower() for name, _ in headers}
    added = [
        (name.encode(), value.encode())
        for name, value in SECURITY_HEADERS.items()
        if name.encode() not in given
    ]
    return [*headers, *added]


async def _send_finished(finished: _Finished, wanted: _Wanted, send: Send) -> None:
    if finished.etag and wanted.none_match and _matches(wanted.none_match, finished.etag):
        kept = (b"etag", b"cache-control", b"vary", b"content-location", b"expires", b"date")
        headers = [pair for pair in finished.headers if pair[0].lower() in kept]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send(
        {"type": "http.response.start", "status": finished.status, "headers": finished.headers}
    )
    await send({"type": "http.response.body", "body": b"" if wanted.head else finished.body})


def _matches(none_match: bytes, etag: bytes) -> bool:
    tags = [tag.strip().removeprefix(b"W/") for tag in none_match.split(b",")]
    return etag in tags or b"*" in tags
