"""Request bodies, read no further than is allowed."""

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import Message


def limited(request: Request, allowed: int, detail: str) -> Request:
    """The request, whose body ends in a 413 with the detail when it is over `allowed` bytes."""
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > allowed:
            raise HTTPException(413, detail)
        return message

    if int(request.headers.get("content-length", 0)) > allowed:
        raise HTTPException(413, detail)
    return Request(request.scope, receive)
