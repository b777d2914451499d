"""Request bodies: whole, or refused.

A client that breaks off must not be answered as if it had sent everything, and some servers
hand over what came without a word; so the bytes that were read are compared with Content-Length.
"""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import BadRequest, ClientDisconnected


def small_body() -> bytes:
    """The body in memory, up to the app's MAX_CONTENT_LENGTH."""
    body = RequestBody()
    data = body.read()
    body.check_whole()
    return data


class RequestBody:
    """The request's stream, counting what is read from it."""

    def __init__(self) -> None:
        self._stream = request.stream
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        """As a file's `read`."""
        try:
            data = self._stream.read(size)
        except ClientDisconnected:
            raise BadRequest("the request was cut; send it again") from None
        self._count += len(data)
        return data

    def check_whole(self) -> None:
        """Raise a 400 where less has come than was announced."""
        announced = request.content_length
        if announced is not None and self._count != announced:
            counts = f"{self._count:,} of {announced:,} bytes came"
            raise BadRequest(f"the request was cut: {counts}; send it again")
