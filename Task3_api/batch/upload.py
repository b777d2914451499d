"""The file of a batch, written to a temporary one while it arrives: whole, or refused."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO, NamedTuple, cast

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from Task1_database.files.workbook import MEDIA_TYPE
from Task3_api.parsing import Pairs
from Task3_api.request_body import RequestBody

OnChunk = Callable[[bytes], object]

CHUNK = 1 << 18
MAX_PARTS = 8  # a form has one file and few entries
MAX_FIELD_BYTES = 1 << 20  # of an entry
GZIP = b"\x1f\x8b"
CHARSETS = ("utf-8", "utf-16", "windows-1252", "iso-8859-1")  # told apart by their bytes
EXPECTED = "send text/csv, an XLSX workbook, or multipart/form-data with one file"


class Upload(NamedTuple):
    """A temporary file at its beginning, which the caller closes, and a form's other entries."""

    file: IO[bytes]
    entries: Pairs


def spool_upload(max_bytes: int, on_chunk: OnChunk) -> Upload:
    """The file that was sent.

    Takes a body of text/csv, a workbook, or one file of multipart/form-data, and hands its bytes
    to `on_chunk` as they arrive. Other types are a 415, more than `max_bytes` a 413.
    """
    request.max_content_length = max_bytes
    if is_table():
        return Upload(_spool_body(on_chunk), [])
    if request.mimetype == "multipart/form-data":
        return _spool_form_file(on_chunk)
    raise UnsupportedMediaType(EXPECTED)


def is_table() -> bool:
    """Whether the request's body itself is a CSV or a workbook, by its type."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    return request.mimetype == MEDIA_TYPE or (
        request.mimetype == "text/csv" and charset in CHARSETS
    )


class SpooledUpload(io.BufferedRandom):
    """A temporary file; `on_chunk` is called with all that is written to it."""

    def __init__(self, on_chunk: OnChunk) -> None:
        super().__init__(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115 (closes it itself)
        self._on_chunk = on_chunk

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """As a file's `write`."""
        self._on_chunk(data)
        return super().write(data)


def _spool_body(on_chunk: OnChunk) -> IO[bytes]:
    with ExitStack() as on_error:
        file = on_error.enter_context(SpooledUpload(on_chunk))
        body = RequestBody()
        while chunk := body.read(CHUNK):
            file.write(chunk)
        body.check_whole()
        _check_unpacked(file)
        on_error.pop_all()
        return file


def _spool_form_file(on_chunk: OnChunk) -> Upload:
    with ExitStack() as on_error:
        files, entries = _form(lambda *_, **__: on_error.enter_context(SpooledUpload(on_chunk)))
        if len(files) != 1:
            raise BadRequest(f"send one file; {len(files) or 'none'} came")
        _check_unpacked(files[0])
        on_error.pop_all()
        return Upload(files[0], entries)


def _form(new_file: Callable[..., IO[bytes]]) -> tuple[list[IO[bytes]], Pairs]:
    """The files of a multipart form, each written to what `new_file` gives, and its entries."""
    if not request.mimetype_params.get("boundary"):
        raise BadRequest("the Content-Type multipart/form-data names no boundary")
    body = RequestBody()
    parser = FormDataParser(
        new_file, silent=False, max_form_parts=MAX_PARTS, max_form_memory_size=MAX_FIELD_BYTES
    )
    try:
        _, entries, files = parser.parse(
            cast(IO[bytes], body), request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        if body.is_too_large:
            raise
        form = f"{MAX_PARTS} parts, and {MAX_FIELD_BYTES:,} bytes beside its file"
        raise RequestEntityTooLarge(f"a form may have {form}") from None
    except ValueError:
        body.check_whole()
        raise BadRequest("the body is not valid multipart/form-data") from None
    body.check_whole()
    sent = [file.stream for _, file in files.items(multi=True) if file.filename]
    return sent, list(entries.items(multi=True))


def _check_unpacked(file: IO[bytes]) -> None:
    """Raise a 415 for a packed file; leave any other at its beginning."""
    file.seek(0)
    beginning = file.read(len(GZIP))
    file.seek(0)
    if beginning == GZIP:
        raise UnsupportedMediaType("the file is gzip; send it unpacked")
