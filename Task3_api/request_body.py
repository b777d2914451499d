"""Request bodies: whole, or refused.

A client that breaks off must not be answered as if it had sent everything, and some servers
hand over what came without a word; so the bytes that were read are compared with Content-Length.
"""

from __future__ import annotations

from flask import Response, after_this_request, current_app, request
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)
from werkzeug.wsgi import get_input_stream

from Task3_api import parsing
from Task3_api.upload_slots import EXTENSION, UploadShare, UploadSlots

CUT = "the request was cut, or its chunks are malformed; send it again"
SPOOLED = "tablecast.spooled"  # in a request's environment: its body is here, and counted


def small_body() -> bytes:
    """The body in memory, up to the app's MAX_CONTENT_LENGTH."""
    body = RequestBody()
    data = body.read()
    body.check_whole()
    return data


def posted_form() -> bytes:
    """The body of a form, which `fields` reads; a 415 for what is none."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("send the form as application/x-www-form-urlencoded")
    return small_body()


def fields(encoded: bytes) -> parsing.Pairs:
    """The names and values of an address or of a form, no more than MAX_FIELDS."""
    check_count(encoded.count(b"&"), "MAX_FIELDS", "fields or more")
    return parsing.pairs(encoded)


def check_count(number: int, setting: str, what: str) -> None:
    """Raise a 413 for more of something than the app's setting allows."""
    most: int = current_app.config[setting]
    if number > most:
        raise RequestEntityTooLarge(f"{number:,} {what} came; {most:,} are allowed in one request")


class RequestBody:
    """The request's stream, counting what is read from it."""

    def __init__(self) -> None:
        coding = request.headers.get("Content-Encoding", "identity")
        if coding != "identity":
            raise UnsupportedMediaType(f"send the body unpacked, not as {coding[:20]}")
        self._largest = request.max_content_length or 0
        announced = request.content_length
        if announced is not None and announced > self._largest:
            raise RequestEntityTooLarge
        # One byte more than is allowed: a limited stream ends at its limit without a word.
        self._stream = get_input_stream(request.environ, max_content_length=self._largest + 1)
        self._count = 0
        self._share = None if SPOOLED in request.environ else _share()

    def read(self, size: int = -1) -> bytes:
        """As a file's `read`."""
        try:
            data = self._stream.read(size)
        except HTTPException as error:
            if not isinstance(error, ClientDisconnected):
                raise
            raise BadRequest(CUT) from None
        except Exception:  # each server has errors of its own for malformed chunks
            raise BadRequest(CUT) from None
        self._count += len(data)
        if self.is_too_large:
            raise RequestEntityTooLarge
        if self._share:
            self._share.add(len(data))
        return data

    @property
    def is_too_large(self) -> bool:
        """Whether more has come than is allowed."""
        return self._count > self._largest

    def check_whole(self) -> None:
        """Raise a 400 where less has come than was announced."""
        announced = request.content_length
        if announced is not None and self._count != announced:
            counts = f"{self._count:,} of {announced:,} bytes came"
            raise BadRequest(f"the request was cut: {counts}; send it again")


def _share() -> UploadShare:
    """What this request has of the app's slots, until its answer is sent."""
    slots: UploadSlots = current_app.extensions[EXTENSION]
    share = UploadShare(slots)

    @after_this_request
    def give_back(response: Response) -> Response:
        response.call_on_close(share.give_back)
        return response

    return share
