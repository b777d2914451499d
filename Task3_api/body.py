"""Request bodies: whole, or refused.

A client that breaks off must not be answered as if it had sent everything, and some servers
hand over what came without a word; so the bytes that were read are compared with Content-Length.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO, cast

from flask import request
from werkzeug.exceptions import BadRequest, ClientDisconnected, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

See = Callable[[bytes], object]

CHUNK = 1 << 18
PARTS = 8  # a form has one file; what else a client adds is ignored
FIELD = 1 << 20  # bytes of such an addition, at most


def small_body() -> bytes:
    """The body in memory, up to the app's MAX_CONTENT_LENGTH."""
    body = Body()
    data = body.read()
    body.check_whole()
    return data


def upload(largest: int, see: See) -> IO[bytes]:
    """The CSV that was sent, as a temporary file at its beginning; the caller closes it.

    Takes a body of text/csv, or one file of multipart/form-data, and shows `see` its bytes as
    they arrive. Other types are a 415, more than `largest` bytes a 413.
    """
    request.max_content_length = largest
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype == "text/csv" and charset == "utf-8":
        return _spooled(see)
    if request.mimetype == "multipart/form-data":
        return _only_file(see)
    raise UnsupportedMediaType("send text/csv in UTF-8, or multipart/form-data with one file")


class Body:
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
            told = f"the request was cut: {self._count:,} of {announced:,} bytes came"
            raise BadRequest(f"{told}; send it again")


class Spool(io.BufferedRandom):
    """A temporary file that shows what is written to it."""

    def __init__(self, see: See) -> None:
        super().__init__(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115 (closes it itself)
        self._see = see

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """As a file's `write`."""
        self._see(data)
        return super().write(data)


def _spooled(see: See) -> IO[bytes]:
    with ExitStack() as undone:
        file = undone.enter_context(Spool(see))
        body = Body()
        while chunk := body.read(CHUNK):
            file.write(chunk)
        body.check_whole()
        file.seek(0)
        undone.pop_all()
        return file


def _only_file(see: See) -> IO[bytes]:
    with ExitStack() as undone:
        files = _files_of_form(lambda *_, **__: undone.enter_context(Spool(see)))
        if len(files) != 1:
            raise BadRequest(f"send one CSV file; {len(files) or 'none'} came")
        undone.pop_all()
        return files[0]


def _files_of_form(new_file: Callable[..., IO[bytes]]) -> list[IO[bytes]]:
    """The files of a multipart form, each written to what `new_file` gives."""
    body = Body()
    parser = FormDataParser(
        new_file, silent=False, max_form_parts=PARTS, max_form_memory_size=FIELD
    )
    try:
        _, _, files = parser.parse(
            cast(IO[bytes], body), request.mimetype, request.content_length, request.mimetype_params
        )
    except ValueError:
        body.check_whole()
        raise BadRequest("the body is not valid multipart/form-data") from None
    body.check_whole()
    return [file.stream for _, file in files.items(multi=True) if file.filename]
